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

TOKEN_TTL = timedelta(seconds=60)
ISSUER = "linli.intake"


class Role(StrEnum):
    """The roles of a person in a station; a publisher is a partner's machine."""

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
    """A person who acts in one station, perhaps on another person's behalf."""

    station: UUID
    person: UUID
    roles: frozenset[Role]
    language: Language = "zh"
    on_behalf_of: UUID | None = None

    @classmethod
    def system(cls, station: UUID) -> Self:
        """Make the actor of the station itself, for timed jobs and reactions to messages."""
        return cls(station=station, person=NOBODY, roles=frozenset())

    def has(self, *roles: Role) -> bool:
        """Whether the actor is any of these."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_system(self) -> bool:
        """Whether the station itself acts."""
        return self.person == NOBODY and not self.roles

    @property
    def is_staff(self) -> bool:
        """Whether the actor works at the station's desk."""
        return self.has(*STAFF_ROLES)

    @property
    def is_desk_itself(self) -> bool:
        """Whether the actor works at the desk and acts on nobody's behalf."""
        return self.is_staff and self.on_behalf_of is None

    @property
    def subject_id(self) -> UUID:
        """The person for whom the actor acts."""
        return self.on_behalf_of or self.person

    @property
    def may_act_for_subject(self) -> bool:
        """Whether the actor may act for `subject_id`: for oneself, and at the desk for anybody.

        A publisher may, since its grant for the message type is checked before.
        """
        for_self = self.on_behalf_of in (None, self.person)
        return for_self or self.is_staff or self.has(Role.PUBLISHER)

    def acting_for(self, person: UUID | None) -> Self:
        """Return the same actor, acting on behalf of `person` where one is given."""
        return replace(self, on_behalf_of=person) if person else self


def issue_token(actor: Actor, key: Ed25519PrivateKey, audience: str) -> str:
    """Issue a token of one minute that tells the service `audience` who asks (RFC 7519, EdDSA)."""
    at = clock.now()
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "iat": at,
        "exp": at + TOKEN_TTL,
        "sub": str(actor.person),
        "station": str(actor.station),
        "roles": sorted(actor.roles),
        "language": actor.language,
        "on_behalf_of": str(actor.on_behalf_of) if actor.on_behalf_of else None,
    }
    return jwt.encode(claims, key, algorithm="EdDSA")


def read_token(token: str, key: Ed25519PublicKey, audience: str) -> Actor:
    """Read the actor of a token for `audience`. Raises: Unauthorized for any other token."""
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
