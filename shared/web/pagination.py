"""Keyset pagination over HTTP: the page that a client asks for, and the link to the next one."""

from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from shared.pagination import DEFAULT_PAGE_SIZE, Page, PageRequest

MAX_PAGE_SIZE = 100
Item = TypeVar("Item")


class PaginationParams:
    """The page of a list that the client asks for, and the Link header of the response."""

    response_headers: ClassVar[dict[str, Any]] = {
        "Link": {
            "schema": {"type": "string"},
            "description": 'Where the list goes on, `<…>; rel="next"` (RFC 8288); '
            "the last page has none.",
        }
    }

    def __init__(
        self,
        request: Request,
        response: Response,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_PAGE_SIZE,
    ) -> None:
        self.after = after
        self.limit = limit
        self._request = request
        self._response = response

    @property
    def page_request(self) -> PageRequest:
        """The page, for a query."""
        return PageRequest(self.after, self.limit)

    def set_next_link(self, page: Page[Item]) -> Page[Item]:
        """Set the Link header to the page after this one, and return this one."""
        if page.after is not None:
            url = self._request.url.include_query_params(after=str(page.after))
            self._response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return page


Pagination = Annotated[PaginationParams, Depends()]
