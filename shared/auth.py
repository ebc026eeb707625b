"""Who is asking: roles, the actor, and the signed token that carries the actor between services."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

import jwt
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared import clock
from shared.errors import Unauthorized
from shared.language import Language

TOKEN_LIFE = timedelta(seconds=60)
ISSUER = "linli.intake"


class Role(StrEnum):
    """What a person is in a station, who may be several; a publisher is a partner's machine."""

    RESIDENT = "resident"
    VOLUNTEER = "volunteer"
    LEADER = "leader"
    STAFF = "staff"
    ADMIN = "admin"
    PARTNER = "partner"
    OPERATOR = "operator"
    PUBLISHER = "publisher"


STAFF_ROLES = (Role.STAFF, Role.ADMIN)
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts in one station, perhaps on another person's behalf."""

    station: UUID
    person: UUID
    roles: frozenset[Role]
    language: Language = "zh"
    on_behalf_of: UUID | None = None

    @classmethod
    def system(cls, station: UUID) -> Self:
        """The station itself, for timed jobs and reactions to messages."""
        return cls(station=station, person=NOBODY, roles=frozenset())

    def has(self, *roles: Role) -> bool:
        """Whether the actor is any of these."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the actor works at the station's desk."""
        return self.has(*STAFF_ROLES)

    @property
    def subject_id(self) -> UUID:
        """The person whom the act is for."""
        return self.on_behalf_of or self.person

    def acting_for(self, person: UUID | None) -> Self:
        """The same actor, acting on that person's behalf where there is one."""
        return replace(self, on_behalf_of=person) if person else self


def issue_token(actor: Actor, key: Ed25519PrivateKey, audience: str) -> str:
    """A token of one minute that tells the service `audience` who asks (RFC 7519, EdDSA)."""
    at = clock.now()
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "iat": at,
        "exp": at + TOKEN_LIFE,
        "sub": str(actor.person),
        "station": str(actor.station),
        "roles": sorted(actor.roles),
        "language": actor.language,
        "on_behalf_of": str(actor.on_behalf_of) if actor.on_behalf_of else None,
    }
    return jwt.encode(claims, key, algorithm="EdDSA")


def read_token(token: str, key: Ed25519PublicKey, audience: str) -> Actor:
    """The actor in a token meant for `audience`; Unauthorized for any other token."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=audience,
            issuer=ISSUER,
            leeway=5,
            options={"require": ["exp", "iat", "aud", "iss", "sub"]},
        )
        behalf = claims["on_behalf_of"]
        return Actor(
            station=UUID(claims["station"]),
            person=UUID(claims["sub"]),
            roles=frozenset(Role(role) for role in claims["roles"]),
            language="en" if claims["language"] == "en" else "zh",
            on_behalf_of=UUID(behalf) if behalf else None,
        )
    except (jwt.PyJWTError, InvalidKey, KeyError, ValueError, TypeError) as error:
        raise Unauthorized from error
