"""Publishers, their grants, and the keys that authenticate them over HTTP."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.intake.base import Base
from shared import clock
from shared.aggregate import Aggregate, choice_check
from shared.bus.partners import ingress
from shared.bus.partners.ingress import PartnerIdentity
from shared.bus.transport import topology
from shared.bus.transport.broker_users import BrokerUser
from shared.contracts.intake import WishFulfilled
from shared.contracts.partners import READABLE, is_for_partners
from shared.db import TimestampTZ
from shared.errors import Conflict, Forbidden, Invalid
from shared.language import N_

KEY_PREFIX = "linli_"
KEY_TTL = timedelta(days=365)
# The only type that can be trusted: it then counts at once, and not only as delivered.
TRUSTABLE_TYPE = WishFulfilled.type


class PublisherAlreadyExists(Conflict):
    """A name that a publisher of some station has: names are users on the broker."""

    title = N_("Another publisher has this name already")


class NotGranted(Forbidden):
    """A type that the publisher, or the key that it uses, may not publish."""

    title = N_("This publisher may not publish messages of this type: %(type)s")


class KeyExpired(Conflict):
    """A key that is not valid any more."""

    title = N_("This key is not valid any more")


class Permission(StrEnum):
    """The use of a type that a grant allows."""

    PUBLISH = "publish"
    READ = "read"


@dataclass(frozen=True)
class GrantSpec:
    """A type to publish or read; `trusted` lets a fulfilled wish count at once."""

    permission: Permission
    type: str
    trusted: bool = False

    def validation_error(self) -> str | None:
        """Return why the grant is invalid, a sentence of the catalogue; None where it is valid."""
        if self.permission is Permission.PUBLISH and not is_for_partners(self.type):
            return ingress.UnknownType.title
        if self.permission is Permission.READ and self.type not in READABLE:
            return N_("No messages of this type are for partners to read")
        if self.trusted and (self.permission, self.type) != (Permission.PUBLISH, TRUSTABLE_TYPE):
            return N_("Only a fulfilled wish can be taken on trust")
        return None


class Publisher(Aggregate, Base):
    """A machine of a partner; its name makes its source, `/partners/<name>`, and its broker user.

    Publishers are never deleted: one that is out of use has no grants, no keys and no password.
    """

    __tablename__ = "publishers"
    plural = "publishers"

    name: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    password_hash: Mapped[str | None]
    password_by: Mapped[UUID | None] = mapped_column(Uuid)
    granted_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    granted_by: Mapped[UUID | None] = mapped_column(Uuid)
    grants: Mapped[list["Grant"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="(Grant.may, Grant.type)"
    )

    @classmethod
    def admit(cls, station: UUID, name: str, account: UUID) -> Self:
        """Create a publisher without grants."""
        return cls.new(station, name=name, account_id=account, grants=[])

    @property
    def user(self) -> str:
        """The publisher's user on the broker."""
        return ingress.user_of(self.name)

    @property
    def source(self) -> str:
        """The source of the publisher's messages."""
        return ingress.source_of(self.name)

    @property
    def identity(self) -> PartnerIdentity:
        """The publisher as the bus knows it."""
        return PartnerIdentity(self.id, self.station_id, self.user)

    @property
    def queue(self) -> str | None:
        """The queue on the broker that the publisher reads; None where it may read nothing."""
        return topology.Names().reader(self.name) if self.types(Permission.READ) else None

    @property
    def access(self) -> BrokerUser:
        """The publisher's user on the broker, with its password hash and permissions."""
        publishes, reads = self.types(Permission.PUBLISH), self.types(Permission.READ)
        return BrokerUser(self.name, self.station_id, self.password_hash, publishes, reads)

    def types(self, permission: Permission) -> list[str]:
        """Return the types that the publisher may publish, or read."""
        return [grant.type for grant in self.grants if grant.may == permission]

    def grant(self, specs: Sequence[GrantSpec], by: UUID) -> None:
        """Replace all grants. Raises: Invalid."""
        checks = {f"grants.{number}": spec.validation_error() for number, spec in enumerate(specs)}
        pairs = [(spec.permission, spec.type) for spec in specs]
        for number, pair in enumerate(pairs):
            if pair in pairs[:number]:
                field = f"grants.{number}"
                checks[field] = checks[field] or N_("This is granted already, further up")
        if errors := {field: error for field, error in checks.items() if error}:
            raise Invalid(errors=errors)
        current = {(grant.may, grant.type): grant for grant in self.grants}
        grants = []
        for spec in specs:
            grant = current.get((spec.permission, spec.type)) or Grant(
                may=spec.permission.value, type=spec.type
            )
            grant.trusted = spec.trusted
            grants.append(grant)
        self.grants = grants
        self.granted_at, self.granted_by = clock.now(), by

    def check_may_publish(self, type_: str) -> "Grant":
        """Return the grant to publish that type. Raises: NotGranted."""
        for grant in self.grants:
            if (grant.may, grant.type) == (Permission.PUBLISH, type_):
                return grant
        raise NotGranted(type=type_)

    def filter_granted(self, types: list[str] | None) -> list[str] | None:
        """Return those of `types` that may still be published. Raises: NotGranted for none."""
        if types is None:
            return None
        publishes = self.types(Permission.PUBLISH)
        granted = [type_ for type_ in types if type_ in publishes]
        if not granted:
            raise NotGranted(type=types[0])
        return granted

    def set_password(self, by: UUID) -> str:
        """Set a new broker password and return it; only its hash for the broker is stored."""
        password = secrets.token_urlsafe(24)
        self.password_hash = broker_hash(password, secrets.token_bytes(4))
        self.password_by = by
        return password


class Grant(Base):
    """One type that a publisher may publish or read."""

    __tablename__ = "grants"
    __table_args__ = (
        choice_check("may", Permission),
        CheckConstraint("may = 'publish' OR NOT trusted", name="trusted"),
    )

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    may: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    trusted: Mapped[bool]


class ApiKey(Aggregate, Base):
    """A key of a publisher, stored hashed, for all granted types or for some `types` only."""

    __tablename__ = "api_keys"
    plural = "api-keys"

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"), index=True)
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    types: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    issued_by: Mapped[UUID] = mapped_column(Uuid)
    ended_by: Mapped[UUID | None] = mapped_column(Uuid)
    expires_at: Mapped[datetime] = mapped_column(TimestampTZ)
    used_at: Mapped[datetime | None] = mapped_column(TimestampTZ)

    @classmethod
    def issue(
        cls, publisher: Publisher, issuer: UUID, key_hash: bytes, types: list[str] | None
    ) -> Self:
        """Create a key of a year. Raises: NotGranted for a type that can't be published."""
        for type_ in types or ():
            publisher.check_may_publish(type_)
        return cls.new(
            publisher.station_id,
            publisher_id=publisher.id,
            key_hash=key_hash,
            types=types,
            issued_by=issuer,
            expires_at=clock.now() + KEY_TTL,
        )

    def check_covers(self, type_: str) -> None:
        """Check that the key is for messages of that type. Raises: NotGranted."""
        if self.types is not None and type_ not in self.types:
            raise NotGranted(type=type_)

    @property
    def is_expired(self) -> bool:
        """Whether the key is not valid any more."""
        return self.expires_at <= clock.now()

    def end(self, by: UUID, after: timedelta = timedelta(0)) -> None:
        """End the key, at the latest after that time. Raises: KeyExpired."""
        if self.is_expired:
            raise KeyExpired
        self.expires_at = min(self.expires_at, clock.now() + after)
        self.ended_by = by


def new_key() -> str:
    """Generate a key of 256 bits with the prefix of keys."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def broker_hash(password: str, salt: bytes) -> str:
    """Hash a password in RabbitMQ's format (https://www.rabbitmq.com/docs/passwords)."""
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()
