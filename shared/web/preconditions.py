"""Preconditions (RFC 9110, section 13): the version of a response, and of an edit."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Header, Response

from shared.errors import Invalid, PreconditionFailed, Problem
from shared.language import N_

# A proxy that compresses a response makes its ETag weak or adds the coding to it (`W/"3"`,
# `"3-gzip"`). Clients send that ETag back in If-Match, so both forms are accepted.
TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:[-;][a-z]{1,8})?"')
MAX_TAGS = 20


class PreconditionRequired(Problem):
    """An edit that doesn't name the version it was made of (RFC 6585, section 3)."""

    status = 428
    title = N_("Please say in If-Match which version you change (the ETag that you were given)")


@dataclass(frozen=True, slots=True)
class ExpectedVersion:
    """The versions that an edit is meant for; None for any version."""

    versions: frozenset[int] | None = None

    def check(self, version: int) -> None:
        """Check the version of a locked row. Raises: PreconditionFailed for another one."""
        if self.versions is not None and version not in self.versions:
            raise PreconditionFailed


ANY_VERSION = ExpectedVersion()


async def _expected(
    if_match: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> ExpectedVersion:
    """Read If-Match. Raises: PreconditionRequired without it, Invalid when it can't be read.

    `*` overwrites any version, and says so. The header is required because two people at the desk
    would otherwise undo each other's edits unawares.
    """
    if if_match is None:
        raise PreconditionRequired
    names = [tag.strip() for tag in if_match.split(",", MAX_TAGS)]
    if names == ["*"]:
        return ANY_VERSION
    tags = [TAG.fullmatch(tag) for tag in names]
    if not all(tags):
        raise Invalid(errors={"If-Match": N_("This is not valid")})
    return ExpectedVersion(frozenset(int(tag[1]) for tag in tags if tag))


class ETagResponse:
    """A response that names the version it shows, in its ETag."""

    response_headers: ClassVar[dict[str, Any]] = {
        "ETag": {"schema": {"type": "string"}, "description": "The version, to name in If-Match."}
    }

    def __init__(self, response: Response) -> None:
        self._response = response

    def set_etag(self, version: int) -> None:
        """Set the ETag (RFC 9110, section 8.8.3)."""
        self._response.headers["ETag"] = f'"{version}"'


class ConditionalUpdate(ETagResponse):
    """An edit: the versions that it is meant for, and the ETag of the one that it makes."""

    def __init__(
        self, response: Response, expected: Annotated[ExpectedVersion, Depends(_expected)]
    ) -> None:
        super().__init__(response)
        self.expected = expected


ETag = Annotated[ETagResponse, Depends()]
IfMatch = Annotated[ConditionalUpdate, Depends()]
