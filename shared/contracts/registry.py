"""Every contract by its type, with the service that publishes it and the services that read it."""

from shared.contracts import events, intake, notify, volunteers
from shared.contracts.envelope import Contract

_ISSUED_BY: dict[str, tuple[type[Contract], ...]] = {
    "intake": (*intake.CONTRACTS, *events.CONTRACTS),
    "volunteers": volunteers.CONTRACTS,
    "notify": notify.CONTRACTS,
}

SERVICES: tuple[str, ...] = tuple(_ISSUED_BY)

REGISTRY: dict[str, type[Contract]] = {
    contract.type: contract for contracts in _ISSUED_BY.values() for contract in contracts
}

SOURCES: dict[str, str] = {
    contract.type: f"/services/{service}"
    for service, contracts in _ISSUED_BY.items()
    for contract in contracts
}

# The services that read a type. A type with readers is published `mandatory`: it stays in the
# outbox until a queue takes it. A test compares this with the services' HANDLERS.
READERS: dict[str, frozenset[str]] = {
    intake.ResidentRegistered.type: frozenset({"notify"}),
    intake.ResidentChanged.type: frozenset({"notify"}),
    intake.SignInCodeIssued.type: frozenset({"notify"}),
    intake.WishPosted.type: frozenset({"notify"}),
    intake.WishOpened.type: frozenset({"notify"}),
    intake.WishClaimed.type: frozenset({"volunteers", "notify"}),
    intake.WishReleased.type: frozenset({"volunteers", "notify"}),
    intake.WishDelivered.type: frozenset({"volunteers", "notify"}),
    intake.WishFulfilled.type: frozenset({"volunteers", "notify"}),
    intake.WishReopened.type: frozenset({"volunteers", "notify"}),
    intake.WishRefused.type: frozenset({"volunteers", "notify"}),
    intake.WishDeclined.type: frozenset({"notify"}),
    intake.WishWithdrawn.type: frozenset({"volunteers", "notify"}),
    intake.WishAnswered.type: frozenset({"volunteers", "notify"}),
    events.EventPublished.type: frozenset(),
    events.EventCancelled.type: frozenset(),
    events.EventClosed.type: frozenset(),
    events.EventJoined.type: frozenset({"volunteers", "notify"}),
    events.EventLeft.type: frozenset({"volunteers", "notify"}),
    events.EventAttended.type: frozenset({"volunteers", "notify"}),
    events.EventMissed.type: frozenset({"volunteers", "notify"}),
    volunteers.VolunteerApplied.type: frozenset({"intake", "notify"}),
    volunteers.VolunteerApproved.type: frozenset({"intake", "notify"}),
    volunteers.PointsAwarded.type: frozenset({"notify"}),
    volunteers.PointsReversed.type: frozenset({"notify"}),
}
