"""Rules for messages of partners, which are stricter than those for our own messages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import HandleMessage
from shared.contracts.contract import AnyMessage, Contract
from shared.contracts.envelope import Envelope, invalid_fields
from shared.contracts.partners import CONTRACTS, is_for_partners
from shared.errors import Conflict, Forbidden, Invalid
from shared.language import N_
from shared.text_validation import is_readable

# Shorter than the inbox's retention: an older message can't be distinguished from a replay.
MAX_MESSAGE_AGE = timedelta(days=30)
MAX_CLOCK_SKEW = timedelta(minutes=5)
_USER_PREFIX = "partner-"


class UnverifiedPublisher(Forbidden):
    """Message whose user the broker doesn't vouch for, or whose user is no publisher's."""

    title = N_("The broker does not vouch for a publisher: set user_id to the publisher's user")


class SourceNotAllowed(Forbidden):
    """Source that isn't the publisher's own."""

    title = N_("A publisher speaks for its own source only: %(source)s")


class UnknownType(Invalid):
    """Type that no partner may publish."""

    title = N_("No messages of this type are taken from partners")


class InvalidContent(Invalid):
    """Content that violates its contract."""

    title = N_("The content is not as its contract says: %(wrong)s")


class MessageTimeOutOfRange(Invalid):
    """Time so old that the message may be a replay, or in the future."""

    title = N_("Messages are taken up to 30 days after their time, and not before it")


class IdReused(Conflict):
    """Id that the publisher has used for another message: other type, subject, station or data."""

    title = N_("This id was used for another message: each message needs an id of its own")


@dataclass(frozen=True, slots=True)
class PartnerIdentity:
    """A publisher's id and station, and its user on the broker."""

    id: UUID
    station: UUID
    user: str


@dataclass(frozen=True, slots=True)
class PartnerIngress:
    """The functions with which a service receives messages of partners.

    `identity_of` returns the publisher with a broker user, None for no publisher;
    `handle` applies one message to the service's records, or raises a Problem.
    """

    identity_of: Callable[[AsyncSession, str], Awaitable[PartnerIdentity | None]]
    handle: HandleMessage


def user_of(name: str) -> str:
    """Return the broker user of the publisher with that name."""
    return f"{_USER_PREFIX}{name}"


def name_of(user: str) -> str | None:
    """Return the name of the publisher with that broker user; None if `user` is no publisher's."""
    return user.removeprefix(_USER_PREFIX) if user.startswith(_USER_PREFIX) else None


def source_of(name: str) -> str:
    """Return the source of the publisher with that name."""
    return f"/partners/{name}"


def content_of(user: str, envelope: Envelope) -> Contract:
    """Validate the content of a message of that broker user; grants are checked elsewhere.

    Raises: SourceNotAllowed, UnknownType, InvalidContent.
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
    """Check that the message is recent. Raises: MessageTimeOutOfRange."""
    age = clock.now() - envelope.time
    if not -MAX_CLOCK_SKEW <= age <= MAX_MESSAGE_AGE:
        raise MessageTimeOutOfRange(errors={"time": MessageTimeOutOfRange.title})
