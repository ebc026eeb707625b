"""The API of operators over a service's messages, the same in every service."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, StringConstraints, model_validator
from sqlalchemy import Row

from shared.auth import Actor
from shared.bus.admin import redrive
from shared.bus.admin import replay as replaying
from shared.bus.admin.redrive import Act, Operator, State
from shared.bus.admin.replay import Chosen, Original, Replay
from shared.contracts.registry import SERVICES
from shared.language import N_
from shared.web.http import Api, Body, Filters, Tx, View, Where, Who

POLICY = "messages.operate"
# More than a relay turn moves at one moment, so that a list that goes on at a moment does go on.
HANDED_OUT = 1_000
Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(N_("This is not valid")) from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Kind(Filters):
    """Which messages to list."""

    state: State | None = None
    type: Name | None = None


class Reason(Body):
    """Why it is done, for the record."""

    reason: Words


class All(Reason):
    """The parked messages of which type, and why."""

    type: Name


class Said(Filters):
    """Which of the messages that this service sent, and for whose inbox; one of three is needed."""

    to: Annotated[str, StringConstraints(pattern=f"^({'|'.join(SERVICES)})$")]
    type: Name | None = None
    subject: Name | None = None
    correlation: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _narrow(self) -> Self:
        if self.type is None and self.subject is None and self.correlation is None:
            raise ValueError(N_("Please name a type, a subject or a correlation"))
        return self

    @property
    def chosen(self) -> Chosen:
        """The same without the service."""
        return Chosen(**self.model_dump(exclude={"to"}))


class Handover(Reason):
    """What another service handed out; `again` does again what was done."""

    handover: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]
    again: bool = False


class Kept(View):
    """A message that the inbox keeps because it isn't done; bytes that are none have no id.

    `publisher` is the user on the broker of the partner's machine that said it, if one did.
    """

    key: UUID
    state: State
    type: str
    id: str | None
    source: str | None
    subject: str | None
    correlation: UUID
    attempts: int
    error: str | None
    received_at: datetime
    due_at: datetime | None
    retried_at: datetime | None
    publisher: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """The message of a row."""
        return cls.model_validate({**row._mapping, **told(row)})


class KeptWhole(Kept):
    """The same with its content, in which whatever is sealed stays out of sight."""

    time: datetime | None
    sequence: int | None
    causation: str | None
    content: dict[str, Any] | None


class Retried(View):
    """How many messages are tried again; where it is 1,000, ask once more for the rest."""

    retried: int


class HandedOut(View):
    """Sealed handovers, each to be sent to the other service's `replays` within an hour.

    `goes_on_at` is the `since` to ask with for the rest, where there is more.
    """

    found: int
    handovers: list[str]
    goes_on_at: datetime | None


class ReplayedView(View):
    """How many messages are handled now; what was left was done, set aside, or isn't for it."""

    handed: int
    left: int


class ActView(View):
    """What somebody did to so many messages, or to the one with that key."""

    id: UUID
    act: Act
    message_key: UUID | None
    chosen: dict[str, str]
    messages: int
    who: str
    reason: str
    at: datetime


def told(row: Row[Any]) -> dict[str, Any]:
    """What the message of a row says, as it may be seen."""
    envelope = redrive.envelope_of(row)
    names = ("id", "source", "subject", "time", "sequence")
    return {
        **{name: getattr(envelope, name, None) for name in names},
        "key": row.message_key,
        "causation": getattr(envelope, "causationid", None),
        "content": redrive.visible(dict(envelope.data)) if envelope else None,
    }


async def _operator(request: Request, actor: Who) -> Operator:
    return acting(actor, request.app.state.runtime.service.name)


Acting = Annotated[Operator, Depends(_operator)]


def acting(actor: Actor, service: str) -> Operator:
    """The actor as an operator of the messages of the own station."""
    return Operator(service, str(actor.person), actor.station)


async def list_kept(
    tx: Tx, operator: Acting, kind: Annotated[Kind, Query()], where: Where
) -> list[Kept]:
    """The station's messages that aren't done, the last to come first."""
    wanted = redrive.Wanted(kind.state, kind.type)
    found = where.link(await redrive.kept(tx, operator, wanted, where.part))
    return [Kept.of(row) for row in found.items]


async def list_acts(tx: Tx, operator: Acting, where: Where) -> list[ActView]:
    """What was done to the station's messages, by whom and why, newest first."""
    found = where.link(await redrive.acts(tx, operator, where.part))
    return [ActView.model_validate(row) for row in found.items]


async def hand_out(
    request: Request, tx: Tx, actor: Who, said: Annotated[Said, Query()]
) -> HandedOut:
    """What this service said, sealed for the inbox of another one; the first to be sent first."""
    rows = await replaying.page(tx, said.chosen, actor.station, HANDED_OUT + 1)
    originals = [Original.of(row) for row in rows[:HANDED_OUT]]
    sealer = request.app.state.runtime.sealer
    return HandedOut(
        found=len(originals),
        handovers=list(replaying.handovers(sealer, originals, acting(actor, said.to))),
        goes_on_at=rows[HANDED_OUT].sent_at if len(rows) > HANDED_OUT else None,
    )


async def replay(request: Request, tx: Tx, operator: Acting, body: Handover) -> ReplayedView:
    """Handle what another service handed out, but not what was done, unless again."""
    runtime = request.app.state.runtime
    originals = replaying.opened(runtime.sealer, body.handover, operator)
    wanted = Replay(Chosen(), body.reason, body.again)
    done = await replaying.hand(tx, operator, runtime.service.handlers, originals, wanted)
    return ReplayedView.model_validate(done)


async def retry_all(tx: Tx, operator: Acting, body: All) -> Retried:
    """Try the parked messages of a type again, 1,000 at once, the first to come first."""
    return Retried(retried=await redrive.retry_all(tx, operator, body.type, body.reason))


async def show_kept(key: UUID, tx: Tx, operator: Acting) -> KeptWhole:
    """One message that isn't done, with its content and what went wrong."""
    return KeptWhole.of(await redrive.find(tx, operator, key))


async def retry(key: UUID, tx: Tx, operator: Acting, body: Reason) -> KeptWhole:
    """Try a message again at once, with all its attempts before it."""
    return KeptWhole.of(await redrive.retry(tx, operator, key, body.reason))


async def skip(key: UUID, tx: Tx, operator: Acting, body: Reason) -> KeptWhole:
    """Set a message aside: it is kept, and isn't tried again until somebody retries it."""
    return KeptWhole.of(await redrive.skip(tx, operator, key, body.reason))


def operations(service: str) -> Api:
    """The routes over that service's messages; those with a fixed name before those with a key."""
    router = Api(prefix=f"/operations/{service}/messages", tags=["operations"])
    router.get("", policy=POLICY)(list_kept)
    router.get("/acts", policy=POLICY)(list_acts)
    router.get("/handovers", policy=POLICY)(hand_out)
    router.post("/replays", policy=POLICY)(replay)
    router.post("/retry-all", policy=POLICY)(retry_all)
    router.get("/{key}", policy=POLICY)(show_kept)
    router.post("/{key}/retry", policy=POLICY)(retry)
    router.post("/{key}/skip", policy=POLICY)(skip)
    return router
