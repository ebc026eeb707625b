"""Routes of publishers, for a station's administrators."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.publishers import actions, queries
from services.intake.publishers.actions import IssuedKey
from services.intake.publishers.models import ApiKey, GrantSpec, Permission, Publisher
from shared.aggregate import load
from shared.auth import Actor
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, RequestModel, ResponseModel, Tx
from shared.web.pagination import Pagination
from shared.web.preconditions import ETag, IfMatch

router = ApiRouter(prefix="/publishers", tags=["publishers"])
Name = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", min_length=2, max_length=40)
]
Type = Annotated[str, StringConstraints(min_length=1, max_length=255)]
DAY_HOURS = 24
WEEK_HOURS = 7 * DAY_HOURS


class GrantBody(RequestModel):
    """A type to publish or read; `trusted` lets a fulfilled wish count without asking."""

    may: Permission
    type: Type
    trusted: bool = False

    def to_spec(self) -> GrantSpec:
        """Return the grant as the rules take it."""
        return GrantSpec(self.may, self.type, self.trusted)


class Grants(RequestModel):
    """All grants of a publisher from now on."""

    grants: Annotated[list[GrantBody], Field(max_length=100)]


class Admit(Grants):
    """A machine's name, the account of its partner, and its grants."""

    name: Name
    account_id: UUID


class IssueKey(RequestModel):
    """The granted types that the key is for; all of them where `types` is missing."""

    types: Annotated[list[Type], Field(min_length=1, max_length=100)] | None = None


class Rotate(RequestModel):
    """The hours for which the old key stays valid beside the new one."""

    overlap_hours: Annotated[int, Field(strict=True, ge=0, le=WEEK_HOURS)] = DAY_HOURS


class GrantView(ResponseModel):
    """A type that may be published or read."""

    may: Permission
    type: str
    trusted: bool


class KeyView(ResponseModel):
    """A key without its secret."""

    id: UUID
    types: list[str] | None
    created_at: datetime
    issued_by: UUID
    expires_at: datetime
    used_at: datetime | None


class PublisherView(ResponseModel):
    """A publisher; `user` is its user on the broker, `queue` the queue that it reads there."""

    id: UUID
    name: str
    source: str
    user: str
    queue: str | None
    account_id: UUID
    grants: list[GrantView]
    keys: list[KeyView]

    @classmethod
    def of(cls, publisher: Publisher, keys: Sequence[ApiKey]) -> Self:
        """Return the view of a publisher with its keys."""
        names = ("id", "name", "source", "user", "queue", "account_id", "grants")
        fields = {name: getattr(publisher, name) for name in names}
        return cls.model_validate({**fields, "keys": keys})


class NewKey(KeyView):
    """A new key; `key` is its secret, which is shown here and never again."""

    key: str

    @classmethod
    def of(cls, issued: IssuedKey) -> Self:
        """Return the view of a key that was just issued."""
        return cls.model_validate({**_fields(issued.key), "key": issued.secret})


class NewPassword(ResponseModel):
    """A publisher's user on the broker and its password, shown here and never again."""

    user: str
    password: str


# The bodies that requests without a body stand for.
EMPTY_KEY_REQUEST, EMPTY_ROTATION = IssueKey(), Rotate()


def _fields(key: ApiKey) -> dict[str, object]:
    return {name: getattr(key, name) for name in KeyView.model_fields}


async def _views(
    tx: AsyncSession, actor: Actor, publishers: Sequence[Publisher]
) -> list[PublisherView]:
    keys = await queries.load_keys(tx, actor, publishers)
    return [PublisherView.of(publisher, keys[publisher.id]) for publisher in publishers]


def _grant_specs(body: Grants) -> list[GrantSpec]:
    return [grant_body.to_spec() for grant_body in body.grants]


@router.post("", policy="publishers.manage", status_code=201)
async def admit_publisher(body: Admit, tx: Tx, actor: CurrentActor, etag: ETag) -> PublisherView:
    """Admit a partner's machine that publishes messages."""
    publisher = await actions.admit(tx, actor, body.name, body.account_id, _grant_specs(body))
    etag.set_etag(publisher.version)
    return (await _views(tx, actor, [publisher]))[0]


@router.get("", policy="publishers.manage")
async def list_publishers(
    tx: Tx, actor: CurrentActor, pagination: Pagination
) -> list[PublisherView]:
    """List the station's publishers, the newest first."""
    page = pagination.set_next_link(
        await queries.list_publishers(tx, actor, pagination.page_request)
    )
    return await _views(tx, actor, page.items)


@router.get("/{publisher_id}", policy="publishers.manage")
async def get_publisher(
    publisher_id: UUID, tx: Tx, actor: CurrentActor, etag: ETag
) -> PublisherView:
    """Show one publisher with its grants and keys."""
    publisher = await _get_publisher(tx, actor, publisher_id)
    etag.set_etag(publisher.version)
    return (await _views(tx, actor, [publisher]))[0]


@router.put("/{publisher_id}/grants", policy="publishers.manage")
async def grant(
    publisher_id: UUID, body: Grants, tx: Tx, actor: CurrentActor, edit: IfMatch
) -> PublisherView:
    """Replace all grants of a publisher."""
    publisher = await actions.grant(tx, actor, publisher_id, _grant_specs(body), edit.expected)
    edit.set_etag(publisher.version)
    return (await _views(tx, actor, [publisher]))[0]


@router.post("/{publisher_id}/keys", policy="publishers.manage", status_code=201)
async def issue_key(
    publisher_id: UUID, tx: Tx, actor: CurrentActor, body: IssueKey = EMPTY_KEY_REQUEST
) -> NewKey:
    """Issue a key of a year, for publishing over HTTP."""
    return NewKey.of(await actions.issue_key(tx, actor, publisher_id, body.types))


@router.post("/{publisher_id}/keys/{key_id}/rotate", policy="publishers.manage", status_code=201)
async def rotate_key(
    publisher_id: UUID, key_id: UUID, tx: Tx, actor: CurrentActor, body: Rotate = EMPTY_ROTATION
) -> NewKey:
    """Issue a key in place of an old one, which stays valid for some hours more."""
    overlap = timedelta(hours=body.overlap_hours)
    return NewKey.of(await actions.rotate_key(tx, actor, publisher_id, key_id, overlap))


@router.post("/{publisher_id}/keys/{key_id}/end", policy="publishers.manage")
async def end_key(publisher_id: UUID, key_id: UUID, tx: Tx, actor: CurrentActor) -> KeyView:
    """End a key now."""
    return KeyView.model_validate(await actions.end_key(tx, actor, publisher_id, key_id))


@router.post("/{publisher_id}/password", policy="publishers.manage", status_code=201)
async def set_password(publisher_id: UUID, tx: Tx, actor: CurrentActor) -> NewPassword:
    """Set a new password on the broker, which `linli publishers broker` brings there."""
    publisher, password = await actions.set_password(tx, actor, publisher_id)
    return NewPassword(user=publisher.user, password=password)


async def _get_publisher(tx: AsyncSession, actor: Actor, publisher_id: UUID) -> Publisher:
    return await load(tx, Publisher, publisher_id, station=actor.station)
