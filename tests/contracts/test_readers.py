"""The registry's readers of every type are those that the services' handlers declare."""

from services.intake.gateway.upstreams import PREFIXES
from shared.bus.message import bindings
from shared.contracts.registry import READERS
from tests.support.system import SERVICES


def test_registry_names_the_subscribed_readers() -> None:
    readers: dict[str, set[str]] = {}
    for service in SERVICES:
        for type_ in bindings(service.handlers):
            readers.setdefault(type_, set()).add(service.name)
    assert readers == {type_: set(services) for type_, services in READERS.items() if services}


def test_gateway_forwards_the_prefixes_that_services_declare() -> None:
    declared = {
        service.name: {prefix.strip("/").removeprefix("api/v1/") for prefix in service.prefixes}
        for service in SERVICES
        if service.prefixes
    }
    assert {name: set(prefixes) for name, prefixes in PREFIXES.items()} == declared
