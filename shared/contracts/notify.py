"""What notify says: nothing yet; it tells people, not services."""

from shared.contracts.envelope import Contract

CONTRACTS: tuple[type[Contract], ...] = ()
