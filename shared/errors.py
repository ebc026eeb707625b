"""The one family of errors that a client sees (RFC 9457) and the one that only handlers raise."""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Self

from shared.language import N_


class Problem(Exception):
    """A request that can't be carried out.

    `title` and `detail` are English sentences of the catalogue, translated when the response is
    written; `params` fill their `%(name)s` places. They never carry personal data.
    """

    status: int = 500
    title: str = N_("Something went wrong")
    detail: str | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, detail: str | None = None, **params: object) -> None:
        self.detail = detail or self.detail
        self.params = params
        super().__init__(self.detail or self.title)

    def __str__(self) -> str:
        """Return the sentence with its places filled, for logs and for parked messages."""
        sentence = self.detail or self.title
        return sentence % self.params if self.params else sentence

    def with_retry_after(self, seconds: float) -> Self:
        """Add the seconds to wait before trying again (RFC 9110, 10.2.3), and return the error."""
        self.headers = {**self.headers, "Retry-After": str(max(1, ceil(seconds)))}
        return self


class Invalid(Problem):
    """A request that can be read, but whose content breaks a rule.

    `errors` maps a field's path to a sentence of the catalogue.
    """

    status = 422
    title = N_("Some answers need another look")

    def __init__(
        self, detail: str | None = None, errors: dict[str, str] | None = None, **params: object
    ) -> None:
        super().__init__(detail, **params)
        self.errors = errors or {}

    def __str__(self) -> str:
        """Return the sentence, with what is wrong at which field."""
        wrong = "; ".join(f"{field}: {sentence}" for field, sentence in self.errors.items())
        return f"{super().__str__()} ({wrong})" if wrong else super().__str__()


class Unauthorized(Problem):
    """A request without a sign-in, or with an invalid or expired token."""

    status = 401
    title = N_("Please sign in")
    headers = MappingProxyType({"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """A request that the signed-in person may not make."""

    status = 403
    title = N_("This is not yours to do")


class NotFound(Problem):
    """A thing that doesn't exist in this station, or that this person may not see."""

    status = 404
    title = N_("There is nothing here")


class Conflict(Problem):
    """A request that the present state of the thing doesn't allow."""

    status = 409
    title = N_("This can't be done now")


class PreconditionFailed(Problem):
    """If-Match names no version that is the present one (RFC 9110, section 13.1.1)."""

    status = 412
    title = N_("Somebody changed this in the meantime; please look again")


class TooManyRequests(Problem):
    """More requests or attempts than the limit allows."""

    status = 429
    title = N_("Too many tries; please wait a little")
    headers = MappingProxyType({"Retry-After": "60"})


class Unavailable(Problem):
    """A service or database that doesn't answer."""

    status = 503
    title = N_("This part of the station is resting; please try again in a moment")
    headers = MappingProxyType({"Retry-After": "5"})


class NotYet(Exception):
    """A handler's message came before its cause; it comes back soon and counts as no attempt."""
