"""Migrations of the bus's tables, called by every service's Alembic chain.

A released version is frozen; a later change is the next version.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Operations(Protocol):
    """The part of Alembic's `op` that the migrations use."""

    def execute(self, sqltext: Any) -> Any: ...


_FIRST_TABLES = ("answers", "jobs", "inbox", "sent", "outbox")
_CREATE_1 = (
    """
    CREATE TABLE outbox (
      lane smallint NOT NULL,
      id bigint GENERATED ALWAYS AS IDENTITY,
      type text NOT NULL,
      subject text NOT NULL,
      correlation uuid NOT NULL,
      body bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT pk_outbox PRIMARY KEY (lane, id)
    ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)
    """,
    """
    CREATE TABLE sent (
      lane smallint NOT NULL,
      id bigint NOT NULL,
      type text NOT NULL,
      subject text NOT NULL,
      correlation uuid NOT NULL,
      body bytea NOT NULL,
      created_at timestamptz NOT NULL,
      sent_at timestamptz NOT NULL
    ) PARTITION BY RANGE (sent_at)
    """,
    "CREATE INDEX ix_sent_correlation ON sent (correlation)",
    """
    CREATE TABLE inbox (
      consumer text NOT NULL,
      message_key uuid NOT NULL,
      type text NOT NULL,
      correlation uuid NOT NULL,
      state text NOT NULL,
      attempts smallint NOT NULL DEFAULT 0,
      waits smallint NOT NULL DEFAULT 0,
      body bytea,
      error text,
      due_at timestamptz,
      received_at timestamptz NOT NULL DEFAULT now(),
      handled_at timestamptz,
      CONSTRAINT pk_inbox PRIMARY KEY (consumer, message_key),
      CONSTRAINT ck_inbox_state CHECK (state IN ('done', 'retry', 'parked', 'skipped')),
      CONSTRAINT ck_inbox_kept_with_body
        CHECK (state NOT IN ('retry', 'parked') OR body IS NOT NULL),
      CONSTRAINT ck_inbox_retry_is_due CHECK (state <> 'retry' OR due_at IS NOT NULL)
    )
    """,
    "CREATE INDEX ix_inbox_kept ON inbox (state, due_at) WHERE state <> 'done'",
    "CREATE INDEX ix_inbox_done ON inbox (handled_at) WHERE state = 'done'",
    "CREATE INDEX ix_inbox_correlation ON inbox (correlation)",
    """
    CREATE TABLE jobs (
      name text NOT NULL,
      due_at timestamptz NOT NULL,
      ran_at timestamptz,
      error text,
      CONSTRAINT pk_jobs PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE answers (
      key bytea NOT NULL,
      fingerprint bytea NOT NULL,
      status smallint,
      body bytea,
      created_at timestamptz NOT NULL,
      CONSTRAINT pk_answers PRIMARY KEY (key)
    )
    """,
    "CREATE INDEX ix_answers_created_at ON answers (created_at)",
)

_CREATE_2 = (
    "ALTER TABLE sent ADD COLUMN publisher text",
    "CREATE INDEX ix_sent_sent_at ON sent USING brin (sent_at)",
    "ALTER TABLE inbox ADD COLUMN station_id uuid, ADD COLUMN retried_at timestamptz",
    # Rows that are stored already get the station of their envelope, which precedes the content.
    r"""
    UPDATE inbox SET station_id = CAST(
      substring(encode(body, 'escape') FROM
        '"station":\s*"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"') AS uuid)
    WHERE state <> 'done'
    """,
    """
    CREATE INDEX ix_inbox_station ON inbox (station_id, received_at, message_key)
      WHERE state <> 'done'
    """,
    """
    CREATE TABLE redrives (
      id uuid NOT NULL,
      station_id uuid,
      act text NOT NULL,
      message_key uuid,
      chosen jsonb NOT NULL,
      messages integer NOT NULL,
      who text NOT NULL,
      reason text NOT NULL,
      at timestamptz NOT NULL,
      CONSTRAINT pk_redrives PRIMARY KEY (id),
      CONSTRAINT ck_redrives_act
        CHECK (act IN ('retry', 'skip', 'retry_all', 'replay', 'snapshot'))
    )
    """,
    "CREATE INDEX ix_redrives_station ON redrives (station_id, id)",
)

_CREATE_3 = ("ALTER TABLE inbox ADD COLUMN publisher text",)

_CREATE_4 = (
    "ALTER TABLE inbox ADD COLUMN claims smallint NOT NULL DEFAULT 0",
    "CREATE INDEX ix_inbox_due ON inbox ((waits > 0), (claims > 0), due_at) WHERE state = 'retry'",
)

_CREATE_5 = (
    "ALTER TABLE outbox ADD COLUMN due_at timestamptz,"
    " ADD COLUMN refusals smallint NOT NULL DEFAULT 0",
    "CREATE INDEX ix_outbox_due ON outbox (lane, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX ix_outbox_refused ON outbox (lane, subject) WHERE due_at IS NOT NULL",
    # A transaction has its number before its rows get their ids: the relay's floors rely on it.
    """
    CREATE FUNCTION outbox_number_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_current_xact_id(); RETURN NULL; END $$
    """,
    "CREATE TRIGGER number_transaction BEFORE INSERT ON outbox"
    " FOR EACH STATEMENT EXECUTE FUNCTION outbox_number_transaction()",
)

_ACTIONS_2 = "('retry', 'skip', 'retry_all', 'replay', 'snapshot')"
_ACTIONS_6 = "('retry', 'skip', 'retry_all', 'replay', 'snapshot', 'skip_all', 'purge')"
_CREATE_6 = (
    "ALTER TABLE inbox ADD COLUMN is_unusable boolean NOT NULL DEFAULT false",
    "CREATE INDEX ix_inbox_unusable ON inbox (received_at) WHERE is_unusable AND body IS NOT NULL",
    "CREATE INDEX ix_inbox_bodiless ON inbox (received_at)"
    " WHERE state = 'skipped' AND body IS NULL",
    "ALTER TABLE redrives DROP CONSTRAINT ck_redrives_act,"
    f" ADD CONSTRAINT ck_redrives_act CHECK (act IN {_ACTIONS_6})",
)

_CREATE_7 = (
    """
    CREATE TABLE replicas (
      id uuid NOT NULL,
      name text NOT NULL,
      version text NOT NULL,
      started_at timestamptz NOT NULL,
      seen_at timestamptz NOT NULL,
      parts jsonb NOT NULL,
      CONSTRAINT pk_replicas PRIMARY KEY (id)
    )
    """,
)

_CREATE_8 = ("ALTER TABLE inbox ADD COLUMN content_digest bytea",)

_CREATE_9 = (
    "ALTER TABLE outbox ADD COLUMN message_key uuid, ADD COLUMN first_sent_at timestamptz",
    "ALTER TABLE sent ADD COLUMN message_key uuid",
    "CREATE INDEX ix_sent_created_at ON sent USING brin (created_at)",
    "ALTER TABLE inbox ADD COLUMN recorded_at timestamptz",
    "CREATE INDEX ix_inbox_recorded_at ON inbox USING brin (recorded_at)",
    """
    CREATE TABLE sent_hours (
      hour timestamptz NOT NULL,
      stated_at timestamptz,
      missed_types text[] NOT NULL DEFAULT '{}',
      sent_again_until timestamptz,
      CONSTRAINT pk_sent_hours PRIMARY KEY (hour)
    )
    """,
    """
    CREATE TABLE received_hours (
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      sender text NOT NULL,
      hour timestamptz NOT NULL,
      counts jsonb,
      state text NOT NULL,
      asks smallint NOT NULL DEFAULT 0,
      missing_types text[] NOT NULL DEFAULT '{}',
      due_at timestamptz,
      checked_at timestamptz,
      CONSTRAINT pk_received_hours PRIMARY KEY (sender, hour),
      CONSTRAINT ck_received_hours_state CHECK (state IN ('waiting', 'complete', 'incomplete'))
    )
    """,
    "CREATE INDEX ix_received_hours_due ON received_hours (due_at) WHERE state = 'waiting'",
)

# By version what it creates, and what takes it back.
_VERSIONS: Mapping[int, tuple[Sequence[str], Sequence[str]]] = {
    1: (_CREATE_1, [f"DROP TABLE {table}" for table in _FIRST_TABLES]),
    2: (
        _CREATE_2,
        [
            "DROP TABLE redrives",
            "ALTER TABLE inbox DROP COLUMN station_id, DROP COLUMN retried_at",
            "ALTER TABLE sent DROP COLUMN publisher",
            "DROP INDEX ix_sent_sent_at",
        ],
    ),
    3: (_CREATE_3, ["ALTER TABLE inbox DROP COLUMN publisher"]),
    4: (_CREATE_4, ["DROP INDEX ix_inbox_due", "ALTER TABLE inbox DROP COLUMN claims"]),
    5: (
        _CREATE_5,
        [
            "DROP TRIGGER number_transaction ON outbox",
            "DROP FUNCTION outbox_number_transaction()",
            "DROP INDEX ix_outbox_due, ix_outbox_refused",
            "ALTER TABLE outbox DROP COLUMN due_at, DROP COLUMN refusals",
        ],
    ),
    6: (
        _CREATE_6,
        [
            "DELETE FROM redrives WHERE act IN ('skip_all', 'purge')",
            "ALTER TABLE redrives DROP CONSTRAINT ck_redrives_act,"
            f" ADD CONSTRAINT ck_redrives_act CHECK (act IN {_ACTIONS_2})",
            "DROP INDEX ix_inbox_unusable, ix_inbox_bodiless",
            "ALTER TABLE inbox DROP COLUMN is_unusable",
        ],
    ),
    7: (_CREATE_7, ["DROP TABLE replicas"]),
    8: (_CREATE_8, ["ALTER TABLE inbox DROP COLUMN content_digest"]),
    9: (
        _CREATE_9,
        [
            "DROP TABLE received_hours, sent_hours",
            "ALTER TABLE inbox DROP COLUMN recorded_at",
            "DROP INDEX ix_sent_created_at",
            "ALTER TABLE sent DROP COLUMN message_key",
            "ALTER TABLE outbox DROP COLUMN message_key, DROP COLUMN first_sent_at",
        ],
    ),
}
LATEST = max(_VERSIONS)
_PARTITION = re.compile(r"sent_\d{8}")


def create_version(op: Operations, version: int) -> None:
    """Create what a version of the tables adds to the one before, in the first schema."""
    for statement in _VERSIONS[version][0]:
        op.execute(statement)


def drop_version(op: Operations, version: int) -> None:
    """Drop what a version added."""
    for statement in _VERSIONS[version][1]:
        op.execute(statement)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Return False for partitions of `sent`, which no model declares; Alembic's `include_name`."""
    return not (kind == "table" and name is not None and _PARTITION.fullmatch(name))
