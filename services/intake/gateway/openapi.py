"""The OpenAPI 3.1 document of all services, merged for the clients of the gateway."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from services.intake.gateway.upstreams import PREFIXES, Upstreams, is_under
from shared.errors import Unavailable
from shared.state_key import StateKey

Document = dict[str, Any]
FRESH_FOR_SECONDS = 60.0
SCHEMAS = "#/components/schemas/"
# Every service has these schemas; the merged document has each of them once.
SHARED_SCHEMAS = frozenset({"Problem"})
INFO = {
    "title": "Linli",
    "version": "1",
    "description": "The API of a neighbourhood service station.\n\n"
    "Errors are problem details (RFC 9457), in Chinese or English as Accept-Language asks. Lists "
    "are arrays; where one goes on, its Link header says. A POST may carry an Idempotency-Key, so "
    "that a repeat changes nothing. Edits name the version that they were made of in If-Match.",
}


class MergedOpenApi:
    """The merged document, with the last good copy of each other service's document.

    A copy is fetched again after `FRESH_FOR_SECONDS`, and stays while its service is down. The
    paths of a service that this replica never reached are missing; `x-unavailable` names it.
    """

    def __init__(self, own: Callable[[], Document], upstreams: Upstreams) -> None:
        self._own = own
        self._upstreams = upstreams
        self._copies: dict[str, Document] = {}
        self._merged: Document = {}
        self._refreshed_at = float("-inf")
        self._refresh_lock = asyncio.Lock()

    async def current(self) -> Document:
        """Return the merged document, at most `FRESH_FOR_SECONDS` old."""
        async with self._refresh_lock:
            if time.monotonic() - self._refreshed_at >= FRESH_FOR_SECONDS:
                await asyncio.gather(*map(self._refresh, PREFIXES))
                self._merged = merge_documents({"intake": self._own(), **self._copies}, PREFIXES)
                # The next call tries again where a copy is missing: the breaker keeps that cheap.
                complete = self._copies.keys() == PREFIXES.keys()
                self._refreshed_at = time.monotonic() if complete else float("-inf")
        return self._merged

    async def _refresh(self, service: str) -> None:
        try:
            answer = await self._upstreams.fetch_openapi(service)
        except Unavailable:
            return
        if answer.is_success:
            self._copies[service] = answer.json()


OPENAPI_DOCUMENT = StateKey[MergedOpenApi]("openapi document")


def merge_documents(
    documents: Mapping[str, Document], forwarded: Mapping[str, tuple[str, ...]]
) -> Document:
    """Merge the services' documents; of services other than intake, only `forwarded` paths.

    Schemas and operation ids get the prefix of their service: `intake.WishView`.
    """
    paths: Document = {}
    schemas: Document = {}
    schemes: Document = {}
    for service, document in documents.items():
        renamed = _rename_references(document, service)
        for path, item in renamed["paths"].items():
            if service == "intake" or is_under(path, forwarded[service]):
                paths[path] = _prefix_operation_ids(item, service)
        components = renamed.get("components", {})
        for name, schema in components.get("schemas", {}).items():
            schemas[_name(name, service)] = schema
        schemes |= components.get("securitySchemes", {})
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": schemes},
        "x-unavailable": sorted(forwarded.keys() - documents.keys()),
    }


def _name(schema: str, service: str) -> str:
    return schema if schema in SHARED_SCHEMAS else f"{service}.{schema}"


def _rename_references(node: Any, service: str) -> Any:
    """Return `node` with every reference to a schema renamed, those of discriminators too."""
    if isinstance(node, dict):
        return {key: _rename_references(value, service) for key, value in node.items()}
    if isinstance(node, list):
        return [_rename_references(value, service) for value in node]
    if isinstance(node, str) and node.startswith(SCHEMAS):
        return SCHEMAS + _name(node.removeprefix(SCHEMAS), service)
    return node


def _prefix_operation_ids(item: Document, service: str) -> Document:
    return {
        method: {**operation, "operationId": f"{service}.{operation['operationId']}"}
        for method, operation in item.items()
    }
