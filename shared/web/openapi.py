"""What a route's description says by itself: the problems it can meet, the headers it knows."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Self, get_args, get_origin, get_type_hints

from fastapi.params import Depends, Param

from shared.auth import Role
from shared.policies import PUBLISHERS, Policies
from shared.web.preconditions import ConditionalUpdate
from shared.web.problems import MEDIA_TYPE

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Where an operation names its policy until the description is complete.
_POLICY_FIELD = "x-policy"
PROBLEMS = {
    400: "The body isn't what its Content-Type says.",
    401: "Nobody is signed in, or the proof of it is worth nothing.",
    403: "Whoever is signed in may not do this, or a page of another site sent it.",
    404: "It doesn't exist in this station, or isn't for this person to see.",
    409: "The state of things doesn't allow it, or the same act is still under way.",
    412: "Somebody changed it in the meantime.",
    413: "The body is too large.",
    415: "This kind of content is not understood.",
    422: "Some answers need another look: `errors` says which.",
    428: "If-Match is missing.",
    429: "Too many tries in too short a time.",
    503: "What is asked for rests or is busy; try again in a moment.",
}
_TEXT = {"type": "string"}
_SECONDS = {"schema": {"type": "integer"}, "description": "Seconds to wait before trying again."}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": _TEXT, "description": "`Bearer`"}},
    429: {"Retry-After": _SECONDS},
    503: {"Retry-After": _SECONDS},
}
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Problem details (RFC 9457), in the language that Accept-Language asks for.",
    "type": "object",
    "required": ["type", "status", "title"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "title": _TEXT,
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": _TEXT, "detail": _TEXT},
            },
        },
    },
}
SESSION = {
    "type": "http",
    "scheme": "bearer",
    "description": "A person's: the token that `POST /api/v1/sign-in` answers with.",
}
API_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A publisher's: the key that `POST /api/v1/publishers/{publisher_id}/keys` "
    "answers with, sent as a token is.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeat with the same key, within a week, changes nothing and gets the first "
    "answer. Take a fresh one for every act.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that is edited, or `*` for whichever there is.",
    "schema": _TEXT,
}


@dataclass(frozen=True)
class RouteDocs:
    """The documentation of a route: its method, path and policy, and the parts of its signature.

    `parts` make the endpoint's parameters: dependencies, and the classes of bodies.
    """

    method: str
    path: str
    policy: str
    parts: frozenset[Any]

    @classmethod
    def of(cls, method: str, path: str, policy: str, endpoint: Callable[..., Any]) -> Self:
        """Read the documentation of a route from its endpoint's signature."""
        return cls(method, path, policy, frozenset(_parts(endpoint)))

    def problems(self) -> set[int]:
        """Return the statuses of the problems that the signature shows."""
        statuses = {401, 422, 429, 503}
        statuses |= {403, 409, 413} if self.method in UNSAFE_METHODS else set()
        statuses |= {400} if any(map(_is_body, self.parts)) else set()
        statuses |= {404} if "{" in self.path else set()
        statuses |= {412, 428} if ConditionalUpdate in self.parts else set()
        return statuses

    def responses(self, success: int, more: Iterable[int]) -> dict[int | str, dict[str, Any]]:
        """Return its responses by status: the success with its headers, and the problems."""
        headers = {name: header for part in self.parts for name, header in _headers(part).items()}
        problems = self.problems() | set(more)
        ok: dict[int | str, dict[str, Any]] = {success: {"headers": headers} if headers else {}}
        return ok | {status: _problem(status) for status in sorted(problems)}

    def operation(self) -> dict[str, Any]:
        """Return what its parameters don't show: headers of requests, and the policy."""
        headers = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        headers += [IF_MATCH] if ConditionalUpdate in self.parts else []
        return {_POLICY_FIELD: self.policy, **({"parameters": headers} if headers else {})}


def complete_document(document: dict[str, Any], policies: Policies) -> dict[str, Any]:
    """Complete the description of a service: who may use each route, and shared components."""
    for path in document["paths"].values():
        for operation in path.values():
            _add_security(operation, policies[operation.pop(_POLICY_FIELD)])
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = {"session": SESSION, "key": API_KEY}
    return document


def _add_security(operation: dict[str, Any], roles: frozenset[Role]) -> None:
    operation["security"] = [{"key" if roles == PUBLISHERS else "session": []}]
    if roles:
        operation["responses"].setdefault("403", _problem(403))
    else:
        operation["security"].append({})


def _parts(endpoint: Callable[..., Any]) -> Iterator[Any]:
    """List what makes the endpoint's parameters: dependencies, and classes of bodies."""
    hints = get_type_hints(endpoint, include_extras=True)
    for name in inspect.signature(endpoint).parameters:
        kind, *more = (
            get_args(hints[name]) if get_origin(hints[name]) is Annotated else [hints[name]]
        )
        depends = [one for one in more if isinstance(one, Depends)]
        if depends:
            yield depends[0].dependency or kind
        elif not any(isinstance(one, Param) for one in more):
            yield kind


def _is_body(part: Any) -> bool:
    return inspect.isclass(part) and hasattr(part, "model_fields")


def _problem(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": PROBLEMS[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in HEADERS:
        response["headers"] = HEADERS[status]
    return response


def _headers(part: Any) -> dict[str, Any]:
    """Return the response headers that a dependency sets."""
    headers: dict[str, Any] = getattr(part, "response_headers", {})
    return headers
