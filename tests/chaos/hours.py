"""Statements that move time on by an hour, for what the services do hourly."""

SENDERS = ("intake", "volunteers")
SERVICES = (*SENDERS, "notify")
# Longer than an hour and what an hour waits after its end.
_MOVED = "interval '63 minutes'"
_SHIFTS = {
    **{
        f"{name}_sent": f"UPDATE {name}.sent SET created_at = created_at - {_MOVED}"
        for name in SENDERS
    },
    **{
        f"{name}_hours": f"INSERT INTO {name}.sent_hours (hour)"
        f" SELECT DISTINCT date_trunc('hour', created_at - {_MOVED}) FROM {name}.sent"
        " ON CONFLICT (hour) DO UPDATE SET stated_at = NULL"
        for name in SENDERS
    },
    **{
        f"{name}_inbox": f"UPDATE {name}.inbox SET recorded_at = recorded_at - {_MOVED}"
        for name in SERVICES
    },
}
# What was asked for comes within half an hour; what was stated is checked after a second or two.
_DUE = {
    **{
        f"{name}_jobs": f"UPDATE {name}.jobs SET due_at = now() WHERE ctid = ANY (ARRAY("
        f"SELECT ctid FROM {name}.jobs WHERE name LIKE 'bus.%-hours' AND due_at > now()"
        " FOR UPDATE SKIP LOCKED))"
        for name in SERVICES
    },
    **{
        f"{name}_received": f"UPDATE {name}.received_hours SET due_at = now()"
        f" WHERE ctid = ANY (ARRAY(SELECT ctid FROM {name}.received_hours"
        " WHERE due_at > now() AND due_at < now() + interval '57 seconds'"
        " FOR UPDATE SKIP LOCKED))"
        for name in SERVICES
    },
}


def _run_all(statements: dict[str, str]) -> str:
    parts = ", ".join(f"{name} AS ({statement})" for name, statement in statements.items())
    return f"WITH {parts} SELECT ''"


SHIFT_HOURS = _run_all(_SHIFTS)
MAKE_HOURS_DUE = _run_all(_DUE)
