"""Contracts of notify: none yet, because notify informs people, not services."""

from shared.contracts.envelope import Contract

CONTRACTS: tuple[type[Contract], ...] = ()
