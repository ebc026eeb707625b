"""Policies: whom they let in, how features' policies merge, and routes that name none."""

import pytest
from fastapi import APIRouter, Depends

from shared.auth import Actor, Role
from shared.errors import Forbidden, Unauthorized
from shared.ids import new_id
from shared.policies import (
    DESK,
    PUBLIC,
    PolicyConflict,
    check,
    is_allowed,
    merge_policies,
)
from shared.runtime.app import Application
from shared.web.authentication import UnknownPolicy, allow

POLICIES = {**PUBLIC, "notes.write": DESK}
STAFF = Actor(new_id(), new_id(), frozenset({Role.STAFF}))
RESIDENT = Actor(new_id(), new_id(), frozenset({Role.RESIDENT}))


@pytest.mark.parametrize(
    ("policy", "actor", "allowed"),
    [
        ("public", None, True),
        ("public", RESIDENT, True),
        ("notes.write", None, False),
        ("notes.write", RESIDENT, False),
        ("notes.write", STAFF, True),
    ],
)
def test_policy_lets_in_its_roles_only(policy: str, actor: Actor | None, allowed: bool) -> None:
    assert is_allowed(POLICIES, policy, actor) == allowed


def test_refusal_tells_nobody_from_another_role() -> None:
    with pytest.raises(Unauthorized):
        check(POLICIES, "notes.write", None)
    with pytest.raises(Forbidden):
        check(POLICIES, "notes.write", RESIDENT)
    check(POLICIES, "notes.write", STAFF)


def test_equal_policies_merge_and_contradicting_ones_do_not() -> None:
    assert merge_policies(PUBLIC, POLICIES, {"notes.write": DESK}) == POLICIES
    with pytest.raises(PolicyConflict, match=r"notes\.write"):
        merge_policies(POLICIES, {"notes.write": frozenset({Role.ADMIN})})


@pytest.mark.parametrize("policy", ["notes.erase", None])
def test_application_refuses_a_route_without_a_policy_of_its_service(policy: str | None) -> None:
    router = APIRouter()
    guards = [Depends(allow(policy))] if policy else []
    router.add_api_route("/notes", lambda: None, dependencies=guards)
    with pytest.raises(UnknownPolicy, match="/notes"):
        Application("test", POLICIES).include_router(router)
