"""Every contract by its type, from the modules that declare them."""

from collections.abc import Iterator
from types import ModuleType

from shared.contracts import events, intake, reconciliation, volunteers
from shared.contracts.contract import Contract

SERVICES = ("intake", "volunteers", "notify")
MODULES = (intake, events, volunteers, reconciliation)


def _declared_in(module: ModuleType) -> Iterator[type[Contract]]:
    """Yield the contracts of a module in their order, without the bases, which have no type."""
    for each in vars(module).values():
        if isinstance(each, type) and issubclass(each, Contract) and "type" in vars(each):
            yield each


REGISTRY: dict[str, type[Contract]] = {
    contract.type: contract for module in MODULES for contract in _declared_in(module)
}
