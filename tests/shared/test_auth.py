"""Tokens between services: which are accepted and which refused."""

from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared import clock
from shared.auth import Actor, Role, issue_token, read_token
from shared.errors import Unauthorized
from shared.ids import new_id

KEY = Ed25519PrivateKey.generate()
ACTOR = Actor(new_id(), new_id(), frozenset({Role.RESIDENT, Role.VOLUNTEER}), "en", new_id())


def test_token_carries_the_actor() -> None:
    token = issue_token(ACTOR, KEY, "notify")
    assert read_token(token, KEY.public_key(), "notify") == ACTOR


def test_token_for_another_service_is_refused() -> None:
    token = issue_token(ACTOR, KEY, "volunteers")
    with pytest.raises(Unauthorized):
        read_token(token, KEY.public_key(), "notify")


def test_token_expires() -> None:
    with clock.shifted(timedelta(minutes=-2)):
        token = issue_token(ACTOR, KEY, "notify")
    with pytest.raises(Unauthorized):
        read_token(token, KEY.public_key(), "notify")


def test_token_of_another_key_is_refused() -> None:
    token = issue_token(ACTOR, Ed25519PrivateKey.generate(), "notify")
    with pytest.raises(Unauthorized):
        read_token(token, KEY.public_key(), "notify")


def test_unsigned_token_is_refused() -> None:
    claims = jwt.decode(issue_token(ACTOR, KEY, "notify"), options={"verify_signature": False})
    with pytest.raises(Unauthorized):
        read_token(jwt.encode(claims, "", algorithm="none"), KEY.public_key(), "notify")


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "é.é.é", "x" * 5000])
def test_rubbish_is_refused(token: str) -> None:
    with pytest.raises(Unauthorized):
        read_token(token, KEY.public_key(), "notify")


@pytest.mark.parametrize("claim", ["roles", "station", "language", "on_behalf_of"])
def test_token_without_a_claim_is_refused(claim: str) -> None:
    claims = jwt.decode(issue_token(ACTOR, KEY, "notify"), options={"verify_signature": False})
    del claims[claim]
    token = jwt.encode({"aud": "notify", **claims}, KEY, algorithm="EdDSA")
    with pytest.raises(Unauthorized):
        read_token(token, KEY.public_key(), "notify")
