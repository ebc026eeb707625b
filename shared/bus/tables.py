"""The bus's tables, the same in every service's schema."""

from typing import Literal, get_args

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
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
HourState = Literal["waiting", "complete", "incomplete"]
ActionKind = Literal["retry", "skip", "retry_all", "replay", "snapshot", "skip_all", "purge"]

# Deferred and failed messages have retry loops of their own; those begun before run alone.
IS_DEFERRED, IS_BEGUN = "(waits > 0)", "(claims > 0)"

# `due_at` and `refusals` are set for messages that the broker refused, and `due_at` for later ones
# of the same subject, which wait behind them (`outbox/lanes.py`). `message_key` is the key that the
# message has in inboxes (`message_keys.py`); it is NULL for messages of early releases. A message
# that is sent again because a reader lost it was sent before, at `first_sent_at`.
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
    Column("due_at", TimestampTZ),
    Column("refusals", SmallInteger, nullable=False, server_default=text("0")),
    Column("message_key", Uuid),
    Column("first_sent_at", TimestampTZ),
    PrimaryKeyConstraint("lane", "id", name="pk_outbox"),
    Index("ix_outbox_due", "lane", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("ix_outbox_refused", "lane", "subject", postgresql_where=text("due_at IS NOT NULL")),
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
    Column("message_key", Uuid),
    Index("ix_sent_correlation", "correlation"),
    Index("ix_sent_sent_at", "sent_at", postgresql_using="brin"),
    Index("ix_sent_created_at", "created_at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (sent_at)",
)

# `body`, `error` and `station_id` are set while a message isn't done. `waits` counts deferrals
# (NotYet), `claims` how often a retry was begun since its last outcome, `retried_at` is the time of
# an operator's last retry, and `publisher` is the broker user of the partner that published the
# message, `content_digest` that of its content. `recorded_at` is when the service that sent the
# message recorded it, by the database of that service. Bytes that are no message, or one that must
# not be handled, are `is_unusable`.
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
    Column("claims", SmallInteger, nullable=False, server_default=text("0")),
    Column("body", LargeBinary),
    Column("error", Text),
    Column("due_at", TimestampTZ),
    Column("received_at", TimestampTZ, nullable=False, server_default=text("now()")),
    Column("handled_at", TimestampTZ),
    Column("station_id", Uuid),
    Column("retried_at", TimestampTZ),
    Column("publisher", Text),
    Column("is_unusable", Boolean, nullable=False, server_default=text("false")),
    Column("content_digest", LargeBinary),
    Column("recorded_at", TimestampTZ),
    PrimaryKeyConstraint("consumer", "message_key", name="pk_inbox"),
    CheckConstraint(in_choices("state", get_args(InboxState)), name="ck_inbox_state"),
    CheckConstraint(
        "state NOT IN ('retry', 'parked') OR body IS NOT NULL", name="ck_inbox_kept_with_body"
    ),
    CheckConstraint("state <> 'retry' OR due_at IS NOT NULL", name="ck_inbox_retry_is_due"),
    Index("ix_inbox_kept", "state", "due_at", postgresql_where=text("state <> 'done'")),
    Index(
        "ix_inbox_due",
        text(IS_DEFERRED),
        text(IS_BEGUN),
        "due_at",
        postgresql_where=text("state = 'retry'"),
    ),
    Index("ix_inbox_done", "handled_at", postgresql_where=text("state = 'done'")),
    Index("ix_inbox_correlation", "correlation"),
    Index("ix_inbox_recorded_at", "recorded_at", postgresql_using="brin"),
    Index(
        "ix_inbox_unusable",
        "received_at",
        postgresql_where=text("is_unusable AND body IS NOT NULL"),
    ),
    Index(
        "ix_inbox_bodiless",
        "received_at",
        postgresql_where=text("state = 'skipped' AND body IS NULL"),
    ),
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

# The replicas of the service, as of their last heartbeat (`runtime/heartbeat.py`).
replicas = Table(
    "replicas",
    shared_metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", TimestampTZ, nullable=False),
    Column("seen_at", TimestampTZ, nullable=False),
    Column("parts", JSONB, nullable=False),
    PrimaryKeyConstraint("id", name="pk_replicas"),
)

# The hours that are over, by this database's clock; `stated_at` is NULL for those that the service
# has to state to its readers, `missed_types` are those that a reader lacks, and what was recorded
# up to `sent_again_until` was sent again (`reconciliation/sent_hours.py`).
sent_hours = Table(
    "sent_hours",
    shared_metadata,
    Column("hour", TimestampTZ, nullable=False),
    Column("stated_at", TimestampTZ),
    Column("missed_types", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("sent_again_until", TimestampTZ),
    PrimaryKeyConstraint("hour", name="pk_sent_hours"),
)

# The hours of each sender: what it stated, NULL for an hour without a statement; how often it was
# asked for what is missing (`reconciliation/received_hours.py`).
received_hours = Table(
    "received_hours",
    shared_metadata,
    Column("id", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column("sender", Text, nullable=False),
    Column("hour", TimestampTZ, nullable=False),
    Column("counts", JSONB),
    Column("state", Text, nullable=False),
    Column("asks", SmallInteger, nullable=False, server_default=text("0")),
    Column("missing_types", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("due_at", TimestampTZ),
    Column("checked_at", TimestampTZ),
    PrimaryKeyConstraint("sender", "hour", name="pk_received_hours"),
    CheckConstraint(in_choices("state", get_args(HourState)), name="ck_received_hours_state"),
    Index("ix_received_hours_due", "due_at", postgresql_where=text("state = 'waiting'")),
)
