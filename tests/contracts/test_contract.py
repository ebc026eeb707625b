"""A message is declared by the arguments of its class, and the registry has every message."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

from shared import contracts
from shared.contracts.contract import AnyMessage, Contract
from shared.contracts.partners import External, PartnerMessage
from shared.contracts.registry import REGISTRY, SERVICES


class LampMessage(
    Contract,
    service="intake",
    subject="lamps/{lamp}",
    readers={"notify"},
    example={"lamp": 1, "watts": 5},
):
    """The base of messages about a lamp."""

    lamp: int
    watts: int


class LampReplaced(
    LampMessage, type="tests.lamp.replaced.v1", readers={"volunteers"}, example={"watts": 7}
):
    """A lamp was replaced."""


class LampRemoved(LampMessage, type="tests.lamp.removed.v1"):
    """A lamp was removed."""


def subclasses(contract: type[Contract]) -> Iterator[type[Contract]]:
    """Yield all classes below a contract."""
    for each in contract.__subclasses__():
        yield each
        yield from subclasses(each)


def test_message_completes_the_declaration_of_its_base() -> None:
    assert LampReplaced.type == "tests.lamp.replaced.v1"
    assert LampReplaced.readers == {"volunteers"}
    assert (LampReplaced.service, LampReplaced.source) == ("intake", "/services/intake")
    assert LampReplaced.make_example() == LampReplaced(lamp=1, watts=7)
    assert LampRemoved.make_example() == LampRemoved(lamp=1, watts=5)


def test_base_passes_on_neither_readers_nor_a_type() -> None:
    assert LampRemoved.readers == frozenset()
    assert not hasattr(LampMessage, "type")


def test_misspelled_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="reader"):

        class LampMoved(LampMessage, type="tests.lamp.moved.v1", reader={"notify"}):
            """A lamp was moved."""


def test_registry_has_every_message_of_the_package_once() -> None:
    for module in pkgutil.iter_modules(contracts.__path__, f"{contracts.__name__}."):
        import_module(module.name)
    declared = [
        contract.type
        for contract in subclasses(Contract)
        if "type" in vars(contract)
        and contract.__module__.startswith(contracts.__name__)
        and not issubclass(contract, PartnerMessage | AnyMessage | External)
    ]
    assert sorted(declared) == sorted(REGISTRY)


def test_every_message_has_services_that_exist() -> None:
    for contract in REGISTRY.values():
        assert {contract.service, *contract.readers} <= set(SERVICES), contract
