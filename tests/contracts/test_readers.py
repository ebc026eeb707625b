"""The readers that a contract declares are the services that have a handler for it."""

from services.intake.gateway.upstreams import PREFIXES
from shared.bus.message import bindings
from shared.contracts.registry import REGISTRY
from tests.support.system import SERVICES


def test_contracts_declare_the_services_that_handle_them() -> None:
    readers: dict[str, set[str]] = {}
    for service in SERVICES:
        for type_ in bindings(service.handlers):
            readers.setdefault(type_, set()).add(service.name)
    assert readers == {type_: one.readers for type_, one in REGISTRY.items() if one.readers}


def test_gateway_forwards_the_prefixes_that_services_declare() -> None:
    declared = {
        service.name: {prefix.strip("/").removeprefix("api/v1/") for prefix in service.prefixes}
        for service in SERVICES
        if service.prefixes
    }
    assert {name: set(prefixes) for name, prefixes in PREFIXES.items()} == declared
