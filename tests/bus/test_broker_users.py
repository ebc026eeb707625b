"""What the broker is told of partners' machines, made from what is granted to them."""

import re
from typing import Any
from uuid import uuid4

from shared.bus.transport.broker_users import BrokerUser, users

STOPPED, PAINTED = "ext.lift.stopped.v1", "ext.lift.painted.v1"
OPENED = "linli.wish.opened.v1"


def export_last_user(
    *broker_users: BrokerUser, prefix: str = "", vhost: str = "/"
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The user, the permission and the topic permission of the last machine."""
    made = users(broker_users, prefix=prefix, vhost=vhost)
    return made["users"][-1], made["permissions"][-1], made["topic_permissions"][-1]


def make_broker_user(
    *publishes: str, reads: tuple[str, ...] = (), stored_hash: str | None = "h"
) -> BrokerUser:
    """One with these grants, and a password that is kept so."""
    return BrokerUser("gate", uuid4(), stored_hash, publishes, reads)


def test_what_is_granted_is_allowed_by_its_whole_name() -> None:
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


def test_nothing_granted_means_nothing() -> None:
    user, allowed, topics = export_last_user(make_broker_user(stored_hash=None))
    # Nobody logs in without a password, and a topic permission that lacks would allow every type.
    assert user["password_hash"] == ""
    patterns = [allowed["configure"], allowed["read"], topics["write"], topics["read"]]
    assert patterns == ["^$"] * 4


def test_nobody_configures_and_who_only_publishes_reads_nothing() -> None:
    _, allowed, topics = export_last_user(make_broker_user(STOPPED))
    assert (allowed["configure"], allowed["read"], topics["read"]) == ("^$", "^$", "^$")


def test_who_only_reads_publishes_no_type() -> None:
    _, _, topics = export_last_user(make_broker_user(reads=(OPENED,)))
    assert topics["write"] == "^$"


def test_every_machine_has_exactly_one_of_each() -> None:
    many = [BrokerUser(name, uuid4(), None, (), ()) for name in ("gate", "lifts", "clinic")]
    made = users(many)
    for kind in ("permissions", "topic_permissions"):
        assert [one["user"] for one in made[kind]] == [one["name"] for one in made["users"]]
    assert len({one["name"] for one in made["users"]}) == 3


def test_a_deployment_with_a_prefix_and_a_host_of_its_own_names_only_those() -> None:
    _, allowed, topics = export_last_user(
        make_broker_user(STOPPED, reads=(OPENED,)), prefix="t.1.", vhost="town"
    )
    assert (allowed["vhost"], topics["vhost"]) == ("town", "town")
    assert topics["exchange"] == "t.1.linli.partners"
    assert re.search(allowed["write"], "t.1.linli.partners")
    assert not re.search(allowed["write"], "tx1xlinli.partners")
    assert not re.search(allowed["write"], "linli.partners")
    assert re.search(allowed["read"], "t.1.linli.readers.gate")
