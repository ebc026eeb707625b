"""Contracts of intake about residents, their sign-in codes, and wishes."""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, PositiveInt

from shared.contracts.contract import Contract, example_id

Language = Literal["zh", "en"]
TakerKind = Literal["volunteer", "partner", "station"]
ReleaseReason = Literal["given_back", "expired", "handed_over", "withdrawn", "answered"]

_CLAIMED = {"taker_kind": "volunteer", "taker_id": example_id(3)}
_LEASED = {**_CLAIMED, "lease_until": "2025-03-08T08:00:00Z"}


class ResidentMessage(
    Contract,
    service="intake",
    subject="residents/{resident_id}",
    example={
        "resident_id": example_id(1),
        "phone_sealed": "gAAAAABm-sealed-phone",
        "language": "zh",
    },
):
    """The projection of a resident that every message about them carries whole."""

    resident_id: UUID
    """The resident."""
    phone_sealed: str | None
    """Their phone, sealed; null where none is known."""
    language: Language
    """What they are addressed in."""


class ResidentRegistered(ResidentMessage, type="linli.resident.registered.v1", readers={"notify"}):
    """A resident is on the register; the whole projection, subject `residents/<id>`."""


class ResidentChanged(
    ResidentMessage,
    type="linli.resident.changed.v1",
    readers={"notify"},
    example={"phone_sealed": None},
):
    """What is known of a resident changed; the whole projection, subject `residents/<id>`."""


class SignInCodeIssued(
    Contract,
    type="linli.sign-in-code.issued.v1",
    service="intake",
    subject=f"sign-in-codes/{example_id(13)}",
    readers={"notify"},
    example={
        **ResidentMessage.example,
        "code_sealed": "gAAAAABm-sealed-code",
        "expires_at": "2025-03-01T08:05:00Z",
    },
):
    """Someone asked for a one-time code to sign in."""

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


class WishMessage(
    Contract,
    service="intake",
    subject="wishes/{wish_id}",
    example={"wish_id": example_id(2), "resident_id": example_id(1), "title": "想换一个灯泡"},
):
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
    def of(cls, wish: Any, **more: object) -> Self:
        """Build the message about a wish from its attributes of the same names, and `more`."""
        fields = {name: getattr(wish, name) for name in cls.model_fields if hasattr(wish, name)}
        return cls.model_validate({"wish_id": wish.id, **fields, **more})


class WishPosted(WishMessage, type="linli.wish.posted.v1", readers={"notify"}):
    """A resident made a wish; it waits for review."""


class WishOpened(WishMessage, type="linli.wish.opened.v1", readers={"notify"}):
    """Staff approved a wish; it can be taken."""


class WishClaimed(
    WishMessage, type="linli.wish.claimed.v1", readers={"volunteers", "notify"}, example=_LEASED
):
    """A volunteer, a partner or the station took a wish."""

    lease_until: AwareDatetime | None = None
    """By when it is to be fulfilled, or it is open again."""


class WishReleased(
    WishMessage,
    type="linli.wish.released.v1",
    readers={"volunteers", "notify"},
    example={**_CLAIMED, "reason": "given_back"},
):
    """A wish is open again; the taker is the one who had it."""

    reason: ReleaseReason
    """Why it was released."""


class WishDelivered(
    WishMessage, type="linli.wish.delivered.v1", readers={"volunteers", "notify"}, example=_CLAIMED
):
    """The taker says that the wish is fulfilled; the resident is asked."""


class WishFulfilled(
    WishMessage,
    type="linli.wish.fulfilled.v1",
    readers={"volunteers", "notify"},
    example={**_CLAIMED, "minutes": 45, "revision": 1},
):
    """The resident confirmed that a wish came true; `revision` counts confirmations from 1."""

    minutes: int
    """How long it took, in minutes."""
    revision: PositiveInt
    """Which confirmation of this wish it is, from 1."""


class WishReopened(
    WishMessage,
    type="linli.wish.reopened.v1",
    readers={"volunteers", "notify"},
    example={**_LEASED, "revision": 1},
):
    """The confirmation `revision` of a wish was withdrawn: points go back."""

    revision: PositiveInt
    """Which confirmation of this wish it is, from 1."""
    lease_until: AwareDatetime | None = None
    """By when it is to be fulfilled, or it is open again."""


class WishRefused(
    WishMessage, type="linli.wish.refused.v1", readers={"volunteers", "notify"}, example=_LEASED
):
    """The resident says that the wish is not fulfilled: back to its taker."""

    lease_until: AwareDatetime | None = None
    """By when it is to be fulfilled, or it is open again."""


class WishDeclined(WishMessage, type="linli.wish.declined.v1", readers={"notify"}):
    """Staff didn't approve a wish."""


class WishWithdrawn(WishMessage, type="linli.wish.withdrawn.v1", readers={"volunteers", "notify"}):
    """The resident took a wish back."""


class WishAnswered(WishMessage, type="linli.wish.answered.v1", readers={"volunteers", "notify"}):
    """Staff closed a wish unfulfilled, with an answer."""
