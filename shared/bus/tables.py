"""The bus's tables, the same in every service's schema: outbox, sent, inbox, redrives."""

from typing import Literal, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.aggregate import in_choices
from shared.db import TimestampTZ, shared_metadata

FailureState = Literal["retry", "parked", "skipped"]
InboxState = Literal["done", FailureState]
ActionKind = Literal["retry", "skip", "retry_all", "replay", "snapshot"]

outbox = Table(
    "outbox",
    shared_metadata,
    Column("lane", SmallInteger, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("correlation", Uuid, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", TimestampTZ, nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("lane", "id", name="pk_outbox"),
)

# Confirmed messages, partitioned by day and stored for 30 days. `publisher` is the user that the
# transport vouched for: the keys of readers' inboxes are derived from it.
sent = Table(
    "sent",
    shared_metadata,
    Column("lane", SmallInteger, nullable=False),
    Column("id", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("correlation", Uuid, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", TimestampTZ, nullable=False),
    Column("sent_at", TimestampTZ, nullable=False),
    Column("publisher", Text),
    Index("ix_sent_correlation", "correlation"),
    Index("ix_sent_sent_at", "sent_at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (sent_at)",
)

# `body`, `error` and `station_id` are set while a message isn't done. `waits` counts deferrals
# (NotYet), `retried_at` is the time of an operator's last retry, and `publisher` is the broker user
# of the partner that published the message.
inbox = Table(
    "inbox",
    shared_metadata,
    Column("consumer", Text, nullable=False),
    Column("message_key", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("correlation", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("waits", SmallInteger, nullable=False, server_default=text("0")),
    Column("body", LargeBinary),
    Column("error", Text),
    Column("due_at", TimestampTZ),
    Column("received_at", TimestampTZ, nullable=False, server_default=text("now()")),
    Column("handled_at", TimestampTZ),
    Column("station_id", Uuid),
    Column("retried_at", TimestampTZ),
    Column("publisher", Text),
    PrimaryKeyConstraint("consumer", "message_key", name="pk_inbox"),
    CheckConstraint(in_choices("state", get_args(InboxState)), name="ck_inbox_state"),
    CheckConstraint(
        "state NOT IN ('retry', 'parked') OR body IS NOT NULL", name="ck_inbox_kept_with_body"
    ),
    CheckConstraint("state <> 'retry' OR due_at IS NOT NULL", name="ck_inbox_retry_is_due"),
    Index("ix_inbox_kept", "state", "due_at", postgresql_where=text("state <> 'done'")),
    Index("ix_inbox_done", "handled_at", postgresql_where=text("state = 'done'")),
    Index("ix_inbox_correlation", "correlation"),
    Index(
        "ix_inbox_station",
        "station_id",
        "received_at",
        "message_key",
        postgresql_where=text("state <> 'done'"),
    ),
)

# Log of operators' actions on messages, append-only. `station_id` is NULL for no single station.
redrives = Table(
    "redrives",
    shared_metadata,
    Column("id", Uuid, nullable=False),
    Column("station_id", Uuid),
    Column("act", Text, nullable=False),
    Column("message_key", Uuid),
    Column("chosen", JSONB, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", TimestampTZ, nullable=False),
    PrimaryKeyConstraint("id", name="pk_redrives"),
    CheckConstraint(in_choices("act", get_args(ActionKind)), name="ck_redrives_act"),
    Index("ix_redrives_station", "station_id", "id"),
)
