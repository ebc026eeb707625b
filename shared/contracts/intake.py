"""Contracts of intake about residents, their sign-in codes, and wishes."""

from typing import ClassVar, Literal, Protocol, Self
from uuid import UUID

from pydantic import AwareDatetime, PositiveInt

from shared.contracts.envelope import Contract

Language = Literal["zh", "en"]
TakerKind = Literal["volunteer", "partner", "station"]
ReleaseReason = Literal["given_back", "expired", "handed_over", "withdrawn", "answered"]


class ResidentRegistered(Contract):
    """A resident is on the register; the whole projection, subject `residents/<id>`."""

    type: ClassVar[str] = "linli.resident.registered.v1"
    resident_id: UUID
    """The resident."""
    phone_sealed: str | None
    """Their phone, sealed; null where none is known."""
    language: Language
    """What they are addressed in."""


class ResidentChanged(Contract):
    """What is known of a resident changed; the whole projection, subject `residents/<id>`."""

    type: ClassVar[str] = "linli.resident.changed.v1"
    resident_id: UUID
    """The resident."""
    phone_sealed: str | None
    """Their phone, sealed; null where none is known."""
    language: Language
    """What they are addressed in."""


class SignInCodeIssued(Contract):
    """Someone asked for a one-time code to sign in."""

    type: ClassVar[str] = "linli.sign-in-code.issued.v1"
    resident_id: UUID
    """Who signs in."""
    phone_sealed: str
    """Where the code goes to, sealed."""
    code_sealed: str
    """The code, sealed."""
    language: Language
    """What they are addressed in."""
    expires_at: AwareDatetime
    """From when on the code is worth nothing."""


class _Wish(Protocol):
    """The attributes of a wish that its messages contain."""

    @property
    def id(self) -> UUID: ...
    @property
    def resident_id(self) -> UUID: ...
    @property
    def title(self) -> str: ...
    @property
    def taker_kind(self) -> str | None: ...
    @property
    def taker_id(self) -> UUID | None: ...


class WishMessage(Contract):
    """The projection that every message about a wish carries whole."""

    wish_id: UUID
    """The wish."""
    resident_id: UUID
    """Who made it."""
    title: str
    """The wish in a few words, for people to read."""
    taker_kind: TakerKind | None = None
    """What kind of taker it has; null while nobody took it."""
    taker_id: UUID | None = None
    """Who took it: a volunteer by their resident's id, a partner or the station by its own."""

    @classmethod
    def of(cls, wish: _Wish, **more: object) -> Self:
        """Build the message about a wish; `more` are the fields beyond the projection."""
        projection: dict[str, object] = {
            "wish_id": wish.id,
            "resident_id": wish.resident_id,
            "title": wish.title,
            "taker_kind": wish.taker_kind,
            "taker_id": wish.taker_id,
        }
        return cls.model_validate({**projection, **more})


class WishPosted(WishMessage):
    """A resident made a wish; it waits for review."""

    type: ClassVar[str] = "linli.wish.posted.v1"


class WishOpened(WishMessage):
    """Staff approved a wish; it can be taken."""

    type: ClassVar[str] = "linli.wish.opened.v1"


class WishClaimed(WishMessage):
    """A volunteer, a partner or the station took a wish."""

    type: ClassVar[str] = "linli.wish.claimed.v1"
    lease_until: AwareDatetime | None = None
    """By when it is to be fulfilled, or it is open again."""


class WishReleased(WishMessage):
    """A wish is open again; the taker is the one who had it."""

    type: ClassVar[str] = "linli.wish.released.v1"
    reason: ReleaseReason
    """Why it was released."""


class WishDelivered(WishMessage):
    """The taker says that the wish is fulfilled; the resident is asked."""

    type: ClassVar[str] = "linli.wish.delivered.v1"


class WishFulfilled(WishMessage):
    """The resident confirmed that a wish came true; `revision` counts confirmations from 1."""

    type: ClassVar[str] = "linli.wish.fulfilled.v1"
    minutes: int
    """How long it took, in minutes."""
    revision: PositiveInt
    """Which confirmation of this wish it is, from 1."""


class WishReopened(WishMessage):
    """The confirmation `revision` of a wish was withdrawn: points go back."""

    type: ClassVar[str] = "linli.wish.reopened.v1"
    revision: PositiveInt
    """Which confirmation of this wish it is, from 1."""
    lease_until: AwareDatetime | None = None
    """By when it is to be fulfilled, or it is open again."""


class WishRefused(WishMessage):
    """The resident says that the wish is not fulfilled: back to its taker."""

    type: ClassVar[str] = "linli.wish.refused.v1"
    lease_until: AwareDatetime | None = None
    """By when it is to be fulfilled, or it is open again."""


class WishDeclined(WishMessage):
    """Staff didn't approve a wish."""

    type: ClassVar[str] = "linli.wish.declined.v1"


class WishWithdrawn(WishMessage):
    """The resident took a wish back."""

    type: ClassVar[str] = "linli.wish.withdrawn.v1"


class WishAnswered(WishMessage):
    """Staff closed a wish unfulfilled, with an answer."""

    type: ClassVar[str] = "linli.wish.answered.v1"


CONTRACTS: tuple[type[Contract], ...] = (
    ResidentRegistered,
    ResidentChanged,
    SignInCodeIssued,
    WishPosted,
    WishOpened,
    WishClaimed,
    WishReleased,
    WishDelivered,
    WishFulfilled,
    WishReopened,
    WishRefused,
    WishDeclined,
    WishWithdrawn,
    WishAnswered,
)
