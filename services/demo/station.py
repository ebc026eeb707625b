"""The demo's station, its accounts and its publisher, as station.yaml has them."""

from functools import cache

from services.demo.yaml_tables import YamlModel, read_table
from services.intake.publishers.models import GrantSpec
from shared.auth import Role


class DemoAccount(YamlModel):
    """An account; its user name is its key in the table."""

    role: Role
    name: str


class DemoPublisher(YamlModel):
    """A machine of the partner with the account of that user name."""

    name: str
    account: str
    grants: tuple[GrantSpec, ...]


class DemoStation(YamlModel):
    """The station; `names` and `community` are Chinese, English."""

    code: str
    names: tuple[str, str]
    community: tuple[str, str]
    phone: str
    accounts: dict[str, DemoAccount]
    publisher: DemoPublisher


@cache
def demo_station() -> DemoStation:
    """Return the demo's station."""
    return read_table("station.yaml", DemoStation)


def password_of(username: str) -> str:
    """Return the published password of a demo account."""
    return f"linli-demo-{username}"
