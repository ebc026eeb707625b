"""What partners publish: vouched for by the broker, and read by stricter rules than our own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import HandleMessage
from shared.contracts.envelope import AnyMessage, Contract, Envelope, invalid_fields
from shared.contracts.partners import CONTRACTS, is_for_partners
from shared.errors import Forbidden, Invalid
from shared.language import N_
from shared.text_validation import is_readable

# Shorter than the inbox remembers what is done: what is older can't be told from a replay.
MAX_MESSAGE_AGE = timedelta(days=30)
MAX_CLOCK_SKEW = timedelta(minutes=5)
_USER_PREFIX = "partner-"


class UnverifiedPublisher(Forbidden):
    """The broker doesn't say who published it, or somebody who is no publisher did."""

    title = N_("The broker does not vouch for a publisher: set user_id to the publisher's user")


class SourceNotAllowed(Forbidden):
    """The source is not the publisher's own."""

    title = N_("A publisher speaks for its own source only: %(source)s")


class UnknownType(Invalid):
    """Nothing of this type is taken from partners."""

    title = N_("No messages of this type are taken from partners")


class InvalidContent(Invalid):
    """The content isn't as its contract says."""

    title = N_("The content is not as its contract says: %(wrong)s")


class MessageTimeOutOfRange(Invalid):
    """The message is so old that it can't be told from a replay, or of the future."""

    title = N_("Messages are taken up to 30 days after their time, and not before it")


@dataclass(frozen=True, slots=True)
class PartnerIngress:
    """What the service that partners talk to makes of it.

    `station_of` gives the station of the publisher with that user on the broker, None for nobody;
    `absorb` takes one message into the service's records, or raises a Problem.
    """

    station_of: Callable[[AsyncSession, str], Awaitable[UUID | None]]
    handle: HandleMessage


def user_of(name: str) -> str:
    """The user on the broker of the publisher of that name."""
    return f"{_USER_PREFIX}{name}"


def name_of(user: str) -> str | None:
    """The name of the publisher with that user; None for a user that is no publisher's."""
    return user.removeprefix(_USER_PREFIX) if user.startswith(_USER_PREFIX) else None


def source_of(name: str) -> str:
    """The source that a publisher speaks for."""
    return f"/partners/{name}"


def content_of(user: str, envelope: Envelope) -> Contract:
    """The content of a message of that user's, checked; whether it is granted is another question.

    Raises SourceNotAllowed, UnknownType, InvalidContent.
    """
    source = source_of(name_of(user) or "")
    if envelope.source != source:
        raise SourceNotAllowed(source=source)
    if not is_for_partners(envelope.type):
        raise UnknownType(errors={"type": UnknownType.title})
    if not is_readable(dict(envelope.data)):
        raise InvalidContent(wrong="control characters")
    contract = CONTRACTS.get(envelope.type, AnyMessage)
    try:
        return contract.model_validate(envelope.data)
    except ValidationError as error:
        raise InvalidContent(wrong=invalid_fields(error)) from None


def check_message_time(envelope: Envelope) -> None:
    """Whether it says something of now; MessageTimeOutOfRange."""
    age = clock.now() - envelope.time
    if not -MAX_CLOCK_SKEW <= age <= MAX_MESSAGE_AGE:
        raise MessageTimeOutOfRange(errors={"time": MessageTimeOutOfRange.title})
