"""The register, accounts, signing in, and the read copy of volunteers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _aggregate(name: str, *more: sa.Column[Any] | sa.Constraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        *more,
    )
    op.create_index(f"ix_{name}_station_id", name, ["station_id"])


def _to(table: str, name: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{name}_{column}")


def upgrade() -> None:
    """Make the tables."""
    _stations_and_register()
    _residents()
    _accounts()
    _sign_in()
    _volunteers()


def _stations_and_register() -> None:
    texts = ("code", "name_zh", "name_en", "community_zh", "community_en", "phone", "time_zone")
    op.create_table(
        "stations",
        sa.Column("id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in texts),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stations"),
        sa.UniqueConstraint("code", name="uq_stations_code"),
    )
    _aggregate(
        "buildings",
        sa.Column("number", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.UniqueConstraint("station_id", "number", name="uq_buildings_station_id_number"),
    )
    _aggregate(
        "homes",
        sa.Column("building_id", sa.Uuid, nullable=False),
        sa.Column("unit", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        _to("buildings", "homes", "building_id"),
        sa.UniqueConstraint(
            "building_id", "unit", "number", name="uq_homes_building_id_unit_number"
        ),
    )
    _aggregate(
        "households",
        sa.Column("home_id", sa.Uuid, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("registered_with", sa.String),
        sa.Column("office_phone", sa.String),
        _to("homes", "households", "home_id"),
        sa.CheckConstraint(
            "own = (registered_with IS NULL)", name=op.f("ck_households_registration")
        ),
        sa.CheckConstraint("NOT own OR office_phone IS NULL", name=op.f("ck_households_office")),
    )
    op.create_index("ix_households_home_id", "households", ["home_id"])


def _residents() -> None:
    _aggregate(
        "residents",
        sa.Column("household_id", sa.Uuid),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("phone_sealed", sa.String),
        sa.Column("phone_lookup", sa.LargeBinary),
        sa.Column("birth_year", sa.Integer),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("is_head", sa.Boolean, nullable=False),
        _to("households", "residents", "household_id"),
        sa.UniqueConstraint(
            "station_id", "phone_lookup", name="uq_residents_station_id_phone_lookup"
        ),
        sa.CheckConstraint(
            "(phone_sealed IS NULL) = (phone_lookup IS NULL)", name=op.f("ck_residents_phone")
        ),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_residents_language")),
    )
    op.create_index("ix_residents_household_id", "residents", ["household_id"])
    op.create_table(
        "reveals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("resident_id", sa.Uuid, nullable=False),
        sa.Column("revealed_by", sa.Uuid, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("revealed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reveals"),
        _to("residents", "reveals", "resident_id"),
    )
    op.create_index("ix_reveals_station_id_resident_id", "reveals", ["station_id", "resident_id"])


def _accounts() -> None:
    texts = ("username", "display_name", "role", "language", "password_hash")
    _aggregate(
        "accounts",
        *(sa.Column(name, sa.String, nullable=False) for name in texts),
        sa.UniqueConstraint("station_id", "username", name="uq_accounts_station_id_username"),
        sa.CheckConstraint(
            "role IN ('staff', 'admin', 'operator', 'partner')", name=op.f("ck_accounts_role")
        ),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_accounts_language")),
    )


def _sign_in() -> None:
    _aggregate(
        "sign_in_codes",
        sa.Column("phone_lookup", sa.LargeBinary, nullable=False),
        sa.Column("resident_id", sa.Uuid),
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _to("residents", "sign_in_codes", "resident_id"),
    )
    op.create_index(
        "ix_sign_in_codes_station_id_phone_lookup_id",
        "sign_in_codes",
        ["station_id", "phone_lookup", "id"],
    )
    op.create_index("ix_sign_in_codes_expires_at", "sign_in_codes", ["expires_at"])
    op.create_table(
        "slips",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("resident_id", sa.Uuid, nullable=False),
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("issued_by", sa.Uuid, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_slips"),
        sa.UniqueConstraint("code_hash", name="uq_slips_code_hash"),
        _to("residents", "slips", "resident_id"),
    )
    op.create_index("ix_slips_resident_id", "slips", ["resident_id"])
    op.create_index("ix_slips_expires_at", "slips", ["expires_at"])
    _sessions()


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("resident_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        _to("residents", "sessions", "resident_id"),
        _to("accounts", "sessions", "account_id"),
        sa.CheckConstraint(
            "(resident_id IS NULL) <> (account_id IS NULL)", name=op.f("ck_sessions_one_person")
        ),
    )
    for column in ("resident_id", "account_id", "expires_at"):
        op.create_index(f"ix_sessions_{column}", "sessions", [column])
    op.create_table(
        "tries",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tries"),
    )
    op.create_index("ix_tries_since", "tries", ["since"])


def _volunteers() -> None:
    op.create_table(
        "volunteers",
        sa.Column("volunteer_id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("resident_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("volunteer_id", name="pk_volunteers"),
        sa.CheckConstraint("state IN ('applied', 'approved')", name=op.f("ck_volunteers_state")),
    )
    op.create_index(
        "ix_volunteers_station_id_resident_id", "volunteers", ["station_id", "resident_id"]
    )


def downgrade() -> None:
    """Take the tables away again."""
    for table in (
        "volunteers",
        "tries",
        "sessions",
        "slips",
        "sign_in_codes",
        "accounts",
        "reveals",
        "residents",
        "households",
        "homes",
        "buildings",
        "stations",
    ):
        op.drop_table(table)
