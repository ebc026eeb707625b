"""Broker users and permissions of partners' machines, built from their grants."""

import re
from typing import Any
from uuid import uuid4

from shared.bus.transport.broker_users import BrokerUser, users

STOPPED, PAINTED = "ext.lift.stopped.v1", "ext.lift.painted.v1"
OPENED = "linli.wish.opened.v1"


def export_last_user(
    *broker_users: BrokerUser, prefix: str = "", vhost: str = "/"
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the user, the permission and the topic permission of the last machine."""
    document = users(broker_users, prefix=prefix, vhost=vhost)
    return document["users"][-1], document["permissions"][-1], document["topic_permissions"][-1]


def make_broker_user(
    *publishes: str, reads: tuple[str, ...] = (), stored_hash: str | None = "h"
) -> BrokerUser:
    """Build a machine with these grants and this password hash."""
    return BrokerUser("gate", uuid4(), stored_hash, publishes, reads)


def test_permissions_allow_exactly_the_granted_names() -> None:
    user, allowed, topics = export_last_user(make_broker_user(STOPPED, PAINTED, reads=(OPENED,)))
    assert (user["name"], user["password_hash"], user["tags"]) == ("partner-gate", "h", "")
    assert {one["user"] for one in (allowed, topics)} == {"partner-gate"}
    assert topics["exchange"] == "linli.partners"
    for type_ in (STOPPED, PAINTED):
        assert re.search(topics["write"], type_)
    for type_ in (
        "extxlift.stopped.v1",
        f"{STOPPED}1",
        f"x.{STOPPED}",
        f"{STOPPED}.x",
        OPENED,
        "",
        "#",
    ):
        assert not re.search(topics["write"], type_), type_
    assert re.search(allowed["write"], "linli.partners")
    assert re.search(allowed["read"], "linli.readers.gate")
    for name in ("linli-partners", "linli.messages", "linli.readers", "amq.default", ""):
        assert not re.search(allowed["write"], name), name
    for name in ("linli.readers", "linli-readers.gate", "linli.readers.gate2", "linli.intake"):
        assert not re.search(allowed["read"], name), name


def test_user_without_grants_has_no_permission() -> None:
    user, allowed, topics = export_last_user(make_broker_user(stored_hash=None))
    # An empty hash allows no login, and a missing topic permission would allow every type.
    assert user["password_hash"] == ""
    patterns = [allowed["configure"], allowed["read"], topics["write"], topics["read"]]
    assert patterns == ["^$"] * 4


def test_publishing_machine_may_not_configure_or_read() -> None:
    _, allowed, topics = export_last_user(make_broker_user(STOPPED))
    assert (allowed["configure"], allowed["read"], topics["read"]) == ("^$", "^$", "^$")


def test_reading_machine_may_publish_no_type() -> None:
    _, _, topics = export_last_user(make_broker_user(reads=(OPENED,)))
    assert topics["write"] == "^$"


def test_every_machine_has_one_user_and_one_permission_of_each_kind() -> None:
    machines = [BrokerUser(name, uuid4(), None, (), ()) for name in ("gate", "lifts", "clinic")]
    document = users(machines)
    for kind in ("permissions", "topic_permissions"):
        assert [one["user"] for one in document[kind]] == [one["name"] for one in document["users"]]
    assert len({one["name"] for one in document["users"]}) == 3


def test_permissions_name_only_the_prefix_and_vhost_of_the_deployment() -> None:
    _, allowed, topics = export_last_user(
        make_broker_user(STOPPED, reads=(OPENED,)), prefix="t.1.", vhost="town"
    )
    assert (allowed["vhost"], topics["vhost"]) == ("town", "town")
    assert topics["exchange"] == "t.1.linli.partners"
    assert re.search(allowed["write"], "t.1.linli.partners")
    assert not re.search(allowed["write"], "tx1xlinli.partners")
    assert not re.search(allowed["write"], "linli.partners")
    assert re.search(allowed["read"], "t.1.linli.readers.gate")
