"""Volunteers and duties, the ledger of points, earning rules with the standard one."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE volunteers (
      id uuid NOT NULL,
      station_id uuid NOT NULL,
      version integer NOT NULL,
      created_at timestamptz NOT NULL,
      resident_id uuid NOT NULL,
      state varchar NOT NULL,
      skills text[] NOT NULL,
      times text[] NOT NULL,
      approved_at timestamptz,
      CONSTRAINT pk_volunteers PRIMARY KEY (id),
      CONSTRAINT uq_volunteers_station_id_resident_id UNIQUE (station_id, resident_id),
      CONSTRAINT ck_volunteers_state
        CHECK (state IN ('applied', 'approved', 'suspended', 'left')),
      CONSTRAINT ck_volunteers_approved_once
        CHECK (state = 'applied' OR approved_at IS NOT NULL)
    )
    """,
    "CREATE INDEX ix_volunteers_station_id ON volunteers (station_id)",
    """
    CREATE TABLE duties (
      kind varchar NOT NULL,
      subject_id uuid NOT NULL,
      station_id uuid NOT NULL,
      resident_id uuid,
      title varchar NOT NULL,
      state varchar NOT NULL,
      until timestamptz,
      version bigint NOT NULL,
      CONSTRAINT pk_duties PRIMARY KEY (kind, subject_id),
      CONSTRAINT ck_duties_kind CHECK (kind IN ('wish')),
      CONSTRAINT ck_duties_state CHECK (state IN ('open', 'closed')),
      CONSTRAINT ck_duties_open_has_owner CHECK (state = 'closed' OR resident_id IS NOT NULL)
    )
    """,
    """
    CREATE INDEX ix_duties_station_id_resident_id ON duties (station_id, resident_id)
      WHERE state = 'open'
    """,
    """
    CREATE TABLE accounts (
      id uuid NOT NULL,
      station_id uuid NOT NULL,
      version integer NOT NULL,
      created_at timestamptz NOT NULL,
      kind varchar NOT NULL,
      owner_id uuid NOT NULL,
      posted bigint,
      held bigint,
      CONSTRAINT pk_accounts PRIMARY KEY (id),
      CONSTRAINT uq_accounts_station_id_kind_owner_id UNIQUE (station_id, kind, owner_id),
      CONSTRAINT ck_accounts_kind CHECK (kind IN ('resident', 'partner', 'issuing')),
      CONSTRAINT ck_accounts_running_balance CHECK (
        CASE WHEN kind = 'issuing' THEN posted IS NULL AND held IS NULL
        ELSE posted IS NOT NULL AND held IS NOT NULL END
      ),
      CONSTRAINT ck_accounts_held CHECK (held >= 0),
      CONSTRAINT ck_accounts_available CHECK (posted - held >= 0)
    )
    """,
    "CREATE INDEX ix_accounts_station_id ON accounts (station_id)",
    """
    CREATE TABLE transfers (
      id uuid NOT NULL,
      station_id uuid NOT NULL,
      kind varchar NOT NULL,
      rule varchar NOT NULL,
      rule_version integer NOT NULL,
      cause_type varchar NOT NULL,
      cause_subject varchar NOT NULL,
      revision bigint NOT NULL,
      reason varchar NOT NULL,
      title varchar NOT NULL,
      correlation_id uuid NOT NULL,
      created_at timestamptz NOT NULL,
      reverses_id uuid,
      CONSTRAINT pk_transfers PRIMARY KEY (id),
      CONSTRAINT fk_transfers_reverses_id FOREIGN KEY (reverses_id) REFERENCES transfers (id),
      CONSTRAINT uq_transfers_reverses_id UNIQUE (reverses_id),
      CONSTRAINT ck_transfers_kind CHECK (kind IN ('award', 'reversal')),
      CONSTRAINT ck_transfers_reverses
        CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL))
    )
    """,
    """
    CREATE INDEX ix_transfers_station_id_cause_subject
      ON transfers (station_id, cause_subject)
    """,
    """
    CREATE TABLE legs (
      id uuid NOT NULL,
      transfer_id uuid NOT NULL,
      account_id uuid NOT NULL,
      amount bigint NOT NULL,
      CONSTRAINT pk_legs PRIMARY KEY (id),
      CONSTRAINT uq_legs_transfer_id_account_id UNIQUE (transfer_id, account_id),
      CONSTRAINT fk_legs_transfer_id FOREIGN KEY (transfer_id) REFERENCES transfers (id),
      CONSTRAINT fk_legs_account_id FOREIGN KEY (account_id) REFERENCES accounts (id),
      CONSTRAINT ck_legs_amount CHECK (amount <> 0)
    )
    """,
    "CREATE INDEX ix_legs_account_id_id ON legs (account_id, id)",
    """
    CREATE TABLE rules (
      id uuid NOT NULL,
      station_id uuid,
      name varchar NOT NULL,
      version integer NOT NULL,
      message_type varchar NOT NULL,
      who varchar NOT NULL,
      who_kind varchar NOT NULL,
      paid_kinds text[] NOT NULL,
      amount_kind varchar NOT NULL,
      amount bigint NOT NULL,
      reason varchar NOT NULL,
      active boolean NOT NULL,
      valid_from timestamptz,
      valid_until timestamptz,
      CONSTRAINT pk_rules PRIMARY KEY (id),
      CONSTRAINT uq_rules_station_id_name_version
        UNIQUE NULLS NOT DISTINCT (station_id, name, version),
      CONSTRAINT ck_rules_version CHECK (version > 0),
      CONSTRAINT ck_rules_amount_kind CHECK (amount_kind IN ('flat')),
      CONSTRAINT ck_rules_amount CHECK (amount > 0),
      CONSTRAINT ck_rules_valid CHECK (valid_from < valid_until)
    )
    """,
    """
    CREATE TABLE judged (
      station_id uuid NOT NULL,
      type varchar NOT NULL,
      subject varchar NOT NULL,
      revision bigint NOT NULL,
      judged_at timestamptz NOT NULL,
      CONSTRAINT pk_judged PRIMARY KEY (station_id, type, subject, revision)
    )
    """,
)

# What the books promise, the database holds: at commit the legs of every transfer sum to zero
# within its station, and nothing that was written is ever changed.
PROMISES = (
    """
    CREATE FUNCTION transfer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      transfer uuid;
      legs_found bigint;
      total numeric;
      one_station boolean;
    BEGIN
      IF TG_TABLE_NAME = 'legs' THEN
        transfer := NEW.transfer_id;
      ELSE
        transfer := NEW.id;
      END IF;
      SELECT count(*), sum(l.amount), bool_and(a.station_id = t.station_id)
        INTO legs_found, total, one_station
        FROM legs l
        JOIN accounts a ON a.id = l.account_id
        JOIN transfers t ON t.id = l.transfer_id
        WHERE l.transfer_id = transfer;
      IF legs_found < 2 OR total <> 0 OR NOT one_station THEN
        RAISE EXCEPTION 'the legs of transfer % do not balance', transfer
          USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_transfers_balanced';
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER transfer_balances AFTER INSERT ON transfers
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION transfer_balances()
    """,
    """
    CREATE CONSTRAINT TRIGGER transfer_balances AFTER INSERT ON legs
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION transfer_balances()
    """,
    """
    CREATE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is history: rows are added, never changed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
      FOR EACH STATEMENT EXECUTE FUNCTION history_stays()
    """,
    """
    CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON legs
      FOR EACH STATEMENT EXECUTE FUNCTION history_stays()
    """,
)

STANDARD = """
    INSERT INTO rules (id, name, version, message_type, who, who_kind, paid_kinds, amount_kind,
                       amount, reason, active)
    VALUES ('01900000-0000-7000-8000-000000000001', 'wish-fulfilled', 1,
            'linli.wish.fulfilled.v1', 'taker_id', 'taker_kind', '{volunteer}', 'flat',
            20, 'A wish came true', true)
"""


def upgrade() -> None:
    """Make the tables, what holds their promises, and the standard rule."""
    for statement in (*TABLES, *PROMISES, STANDARD):
        op.execute(statement)


def downgrade() -> None:
    """Take everything away again."""
    for table in ("judged", "rules", "legs", "transfers", "accounts", "duties", "volunteers"):
        op.execute(f"DROP TABLE {table}")
    for function in ("transfer_balances", "history_stays"):
        op.execute(f"DROP FUNCTION {function}()")
