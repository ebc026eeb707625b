"""Migrations of the bus's tables, called by every service's Alembic chain.

A released version is frozen; a later change is the next version.
"""

import re
from typing import Any, Protocol


class Operations(Protocol):
    """The part of Alembic's `op` that the migrations use."""

    def execute(self, sqltext: Any) -> Any: ...


_V1 = (
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

_V2 = (
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

_V3 = ("ALTER TABLE inbox ADD COLUMN publisher text",)

_PARTITION = re.compile(r"sent_\d{8}")


def create_v1(op: Operations) -> None:
    """Create outbox, sent, inbox, jobs and answers in the first schema of search_path."""
    for statement in _V1:
        op.execute(statement)


def drop_v1(op: Operations) -> None:
    """Drop what `create_v1` created."""
    for table in ("answers", "jobs", "inbox", "sent", "outbox"):
        op.execute(f"DROP TABLE {table}")


def create_v2(op: Operations) -> None:
    """Create what redrive needs: the log of actions, stations in inbox, publishers in sent."""
    for statement in _V2:
        op.execute(statement)


def drop_v2(op: Operations) -> None:
    """Drop what `create_v2` created."""
    op.execute("DROP TABLE redrives")
    op.execute("ALTER TABLE inbox DROP COLUMN station_id, DROP COLUMN retried_at")
    op.execute("ALTER TABLE sent DROP COLUMN publisher")
    op.execute("DROP INDEX ix_sent_sent_at")


def create_v3(op: Operations) -> None:
    """Add the publisher to inbox, for messages of partners."""
    for statement in _V3:
        op.execute(statement)


def drop_v3(op: Operations) -> None:
    """Drop what `create_v3` created."""
    op.execute("ALTER TABLE inbox DROP COLUMN publisher")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Return False for partitions of `sent`, which no model declares; Alembic's `include_name`."""
    return not (kind == "table" and name is not None and _PARTITION.fullmatch(name))
