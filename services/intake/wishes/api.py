"""The endpoints of wishes."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Concatenate, ParamSpec
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.on_behalf_request import OnBehalfRequest
from services.intake.wishes import actions, queries
from services.intake.wishes.models import Wish
from services.intake.wishes.schemas import (
    AnswerWish,
    ConfirmWish,
    DeliverWish,
    PostWish,
    ReleaseWish,
    RequestWithReason,
    WishDetail,
    WishFilterParams,
    WishView,
)
from shared.auth import Actor
from shared.errors import Forbidden
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Tx
from shared.web.pagination import Pagination
from shared.web.preconditions import ETag

P = ParamSpec("P")
router = ApiRouter(tags=["wishes"])
# The bodies of requests that have none.
EMPTY_REQUEST, EMPTY_RELEASE, EMPTY_CONFIRMATION = OnBehalfRequest(), ReleaseWish(), ConfirmWish()


async def _respond(
    tx: AsyncSession,
    actor: Actor,
    action: Callable[Concatenate[AsyncSession, Actor, P], Awaitable[Wish]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> WishView:
    """Carry out the action, and return the wish as the actor sees it."""
    wish = await action(tx, actor, *args, **kwargs)
    return WishView.of(await queries.for_reader(tx, actor, wish), actor)


@router.post("/wishes", policy="wishes.post", status_code=201, problems=(404,))
async def post_wish(body: PostWish, tx: Tx, actor: CurrentActor) -> WishView:
    """Make a wish; the desk does so on behalf of a resident."""
    return await _respond(tx, body.acting_actor(actor), actions.post, body.title, body.details)


@router.get("/wishes", policy="wishes.list")
async def list_wishes(
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[WishFilterParams, Query()],
    pagination: Pagination,
) -> list[WishView]:
    """List wishes, newest first: one's own, the open ones, those one took; the desk sees all."""
    if filters.needs_decision and not actor.is_staff:
        raise Forbidden
    wishes = pagination.set_next_link(
        await queries.list_wishes(
            tx, actor, filters.to_filter(), pagination.after, pagination.limit
        )
    )
    return [WishView.of(wish, actor) for wish in wishes.items]


@router.get("/wishes/{wish_id}", policy="wishes.list")
async def get_wish(wish_id: UUID, tx: Tx, actor: CurrentActor, etag: ETag) -> WishDetail:
    """Return a wish with its steps; home and names only for those who may know them."""
    for_reader = await queries.get(tx, actor, wish_id)
    etag.set_etag(for_reader.wish.version)
    transitions = await queries.list_transitions(tx, actor, for_reader.wish)
    return WishDetail.with_transitions(for_reader, transitions, actor)


@router.post("/wishes/{wish_id}/approve", policy="wishes.review")
async def approve_wish(
    wish_id: UUID, tx: Tx, actor: CurrentActor, body: OnBehalfRequest = EMPTY_REQUEST
) -> WishView:
    """Open a posted wish to takers."""
    return await _respond(tx, body.acting_actor(actor), actions.approve, wish_id)


@router.post("/wishes/{wish_id}/decline", policy="wishes.review")
async def decline_wish(
    wish_id: UUID, body: RequestWithReason, tx: Tx, actor: CurrentActor
) -> WishView:
    """Refuse a posted wish, with the reason."""
    return await _respond(tx, body.acting_actor(actor), actions.decline, wish_id, body.reason)


@router.post("/wishes/{wish_id}/claim", policy="wishes.claim")
async def claim_wish(
    wish_id: UUID, tx: Tx, actor: CurrentActor, body: OnBehalfRequest = EMPTY_REQUEST
) -> WishView:
    """Take an open wish; at the desk for the station, or on behalf of a volunteer."""
    return await _respond(tx, body.acting_actor(actor), actions.claim, wish_id)


@router.post("/wishes/{wish_id}/release", policy="wishes.release")
async def release_wish(
    wish_id: UUID, tx: Tx, actor: CurrentActor, body: ReleaseWish = EMPTY_RELEASE
) -> WishView:
    """Give a wish back, or hand it over to another volunteer."""
    return await _respond(
        tx, body.acting_actor(actor), actions.release, wish_id, body.reason, body.to
    )


@router.post("/wishes/{wish_id}/deliver", policy="wishes.deliver")
async def deliver_wish(wish_id: UUID, body: DeliverWish, tx: Tx, actor: CurrentActor) -> WishView:
    """Report that the wish came true."""
    return await _respond(
        tx, body.acting_actor(actor), actions.deliver, wish_id, body.note, body.minutes
    )


@router.post("/wishes/{wish_id}/confirm", policy="wishes.confirm")
async def confirm_wish(
    wish_id: UUID, tx: Tx, actor: CurrentActor, body: ConfirmWish = EMPTY_CONFIRMATION
) -> WishView:
    """Confirm that the wish came true, with thanks."""
    return await _respond(
        tx, body.acting_actor(actor), actions.confirm, wish_id, body.thanks, body.photos_public
    )


@router.post("/wishes/{wish_id}/refuse", policy="wishes.confirm")
async def refuse_wish(
    wish_id: UUID, body: RequestWithReason, tx: Tx, actor: CurrentActor
) -> WishView:
    """Report that the wish did not come true: it goes back to its taker."""
    return await _respond(tx, body.acting_actor(actor), actions.refuse, wish_id, body.reason)


@router.post("/wishes/{wish_id}/withdraw", policy="wishes.withdraw")
async def withdraw_wish(
    wish_id: UUID, tx: Tx, actor: CurrentActor, body: OnBehalfRequest = EMPTY_REQUEST
) -> WishView:
    """Take one's wish back."""
    return await _respond(tx, body.acting_actor(actor), actions.withdraw, wish_id)


@router.post("/wishes/{wish_id}/answer", policy="wishes.answer")
async def answer_wish(wish_id: UUID, body: AnswerWish, tx: Tx, actor: CurrentActor) -> WishView:
    """Close a wish unfulfilled, with an answer."""
    return await _respond(tx, body.acting_actor(actor), actions.answer, wish_id, body.answer)


@router.post("/wishes/{wish_id}/reopen", policy="wishes.reopen")
async def reopen_wish(
    wish_id: UUID, body: RequestWithReason, tx: Tx, actor: CurrentActor
) -> WishView:
    """Withdraw the confirmation of a wish: points go back."""
    return await _respond(tx, body.acting_actor(actor), actions.reopen, wish_id, body.reason)
