"""A publisher with what is granted to it, and the keys by which it is known over HTTP."""

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
from shared.bus.partners import ingress
from shared.bus.transport import topology
from shared.bus.transport.broker_users import BrokerUser
from shared.contracts.intake import WishFulfilled
from shared.contracts.partners import READABLE, is_for_partners
from shared.db import Aggregate, TimestampTZ
from shared.errors import Conflict, Forbidden, Invalid
from shared.language import N_

KEY_PREFIX = "linli_"
KEY_TTL = timedelta(days=365)
# The only type of which a partner's word may count at once, or only as delivered.
TRUSTABLE_TYPE = WishFulfilled.type


class PublisherAlreadyExists(Conflict):
    """Another publisher has the name, of whatever station: the broker knows it by that."""

    title = N_("Another publisher has this name already")


class NotGranted(Forbidden):
    """The publisher, or the key that it uses, may not publish this type."""

    title = N_("This publisher may not publish messages of this type: %(type)s")


class KeyExpired(Conflict):
    """The key is not valid any more."""

    title = N_("This key is not valid any more")


class Permission(StrEnum):
    """What a grant lets a publisher do with a type."""

    PUBLISH = "publish"
    READ = "read"


@dataclass(frozen=True)
class GrantSpec:
    """One type that may be published or read; `trusted` lets the partner's word count at once."""

    permission: Permission
    type: str
    trusted: bool = False

    def validation_error(self) -> str | None:
        """Why it can't be granted, a sentence of the catalogue; None where it can."""
        if self.permission is Permission.PUBLISH and not is_for_partners(self.type):
            return ingress.UnknownType.title
        if self.permission is Permission.READ and self.type not in READABLE:
            return N_("No messages of this type are for partners to read")
        if self.trusted and (self.permission, self.type) != (Permission.PUBLISH, TRUSTABLE_TYPE):
            return N_("Only a fulfilled wish can be taken on trust")
        return None


class Publisher(Aggregate, Base):
    """A machine of a partner. Its name is its source, `/partners/<name>`, and its broker user's.

    It is never removed: one that publishes no more has no grants, no keys and no password.
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
        """A new publisher, to which nothing is granted yet."""
        return cls.new(station, name=name, account_id=account, grants=[])

    @property
    def user(self) -> str:
        """Its user on the broker."""
        return ingress.user_of(self.name)

    @property
    def source(self) -> str:
        """The source that it speaks for."""
        return ingress.source_of(self.name)

    @property
    def queue(self) -> str | None:
        """The queue on the broker where it reads; None where nothing may be read."""
        return topology.Names().reader(self.name) if self.types(Permission.READ) else None

    @property
    def access(self) -> BrokerUser:
        """What the broker must know of it."""
        publishes, reads = self.types(Permission.PUBLISH), self.types(Permission.READ)
        return BrokerUser(self.name, self.station_id, self.password_hash, publishes, reads)

    def types(self, permission: Permission) -> list[str]:
        """The types that it may publish, or read."""
        return [grant.type for grant in self.grants if grant.may == permission]

    def grant(self, specs: Sequence[GrantSpec], by: UUID) -> None:
        """Let it do this and nothing else from now on; Invalid."""
        wrong = {f"grants.{number}": each.validation_error() for number, each in enumerate(specs)}
        named = [(each.permission, each.type) for each in specs]
        for number, name in enumerate(named):
            if name in named[:number]:
                place = f"grants.{number}"
                wrong[place] = wrong[place] or N_("This is granted already, further up")
        if errors := {place: fault for place, fault in wrong.items() if fault}:
            raise Invalid(errors=errors)
        held = {(grant.may, grant.type): grant for grant in self.grants}
        kept = []
        for each in specs:
            grant = held.get((each.permission, each.type)) or Grant(
                may=each.permission.value, type=each.type
            )
            grant.trusted = each.trusted
            kept.append(grant)
        self.grants = kept
        self.granted_at, self.granted_by = clock.now(), by

    def check_may_publish(self, type_: str) -> "Grant":
        """The grant to publish that type; NotGranted."""
        for grant in self.grants:
            if (grant.may, grant.type) == (Permission.PUBLISH, type_):
                return grant
        raise NotGranted(type=type_)

    def filter_granted(self, types: list[str] | None) -> list[str] | None:
        """Those of the types that it may publish still; NotGranted where it may none of them."""
        if types is None:
            return None
        publishes = self.types(Permission.PUBLISH)
        granted = [type_ for type_ in types if type_ in publishes]
        if not granted:
            raise NotGranted(type=types[0])
        return granted

    def set_password(self, by: UUID) -> str:
        """A new password for the broker, seen once; what is kept is as the broker keeps it."""
        password = secrets.token_urlsafe(24)
        self.password_hash = broker_hash(password, secrets.token_bytes(4))
        self.password_by = by
        return password


class Grant(Base):
    """One type that a publisher may publish or read."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint("may IN ('publish', 'read')", name="may"),
        CheckConstraint("may = 'publish' OR NOT trusted", name="trusted"),
    )

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"), primary_key=True)
    may: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    trusted: Mapped[bool]


class ApiKey(Aggregate, Base):
    """A key of a publisher, kept hashed, for all that is granted or for some `types` of it."""

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
        """A key of a year; NotGranted for a type that the publisher may not publish."""
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
        """Whether messages of that type may come under this key; NotGranted."""
        if self.types is not None and type_ not in self.types:
            raise NotGranted(type=type_)

    @property
    def is_expired(self) -> bool:
        """Whether it is not valid any more."""
        return self.expires_at <= clock.now()

    def end(self, by: UUID, after: timedelta = timedelta(0)) -> None:
        """Let it end so much later at the latest; KeyExpired."""
        if self.is_expired:
            raise KeyExpired
        self.expires_at = min(self.expires_at, clock.now() + after)
        self.ended_by = by


def new_key() -> str:
    """A key of 256 bits, known by its beginning for what it is."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def broker_hash(password: str, salt: bytes) -> str:
    """A password as RabbitMQ keeps it (https://www.rabbitmq.com/docs/passwords)."""
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()
