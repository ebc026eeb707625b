"""Operators see of which hours a service lacks messages."""

import pytest
from sqlalchemy import text

from tests.support.api_clients import ApiClient
from tests.support.system import RunningSystem


@pytest.mark.parametrize("service", ["intake", "volunteers", "notify"])
async def test_operator_sees_hours_of_which_messages_are_missing(
    operator: ApiClient, desk: ApiClient, running_system: RunningSystem, service: str
) -> None:
    path = f"/operations/{service}/missing-hours"
    async with running_system.replicas[service][0].sessions.begin() as tx:
        await tx.execute(text("DELETE FROM received_hours"))
        await tx.execute(
            text(
                "INSERT INTO received_hours (sender, hour, state, asks, missing_types, checked_at)"
                " VALUES ('intake', '2025-03-01 08:00Z', 'incomplete', 3, '{linli.x.v1}', now()),"
                " ('intake', '2025-03-01 09:00Z', 'complete', 0, '{}', now()),"
                " ('intake', '2025-03-01 10:00Z', 'waiting', 1, '{linli.x.v1}', now())"
            )
        )
    waiting, incomplete = await operator.get_ok(path)
    assert (waiting["state"], waiting["asks"]) == ("waiting", 1)
    assert (incomplete["sender"], incomplete["hour"]) == ("intake", "2025-03-01T08:00:00Z")
    assert incomplete["missing_types"] == ["linli.x.v1"]
    [second] = await operator.get_ok(f"{path}?after={waiting['id']}")
    assert second == incomplete
    assert (await desk.call("GET", path)).status_code == 403
