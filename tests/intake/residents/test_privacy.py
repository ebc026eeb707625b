"""A phone in clear is in no row, message or log, and in no response but a reveal."""

import logging
from typing import Any

import pytest
from sqlalchemy import text

from services.intake.base import Base
from shared.db import shared_metadata
from tests.intake.station_client import StationClient, new_phone


async def dump_all_tables(station_client: StationClient) -> str:
    """Return all rows of all tables as text, with bytes decoded."""
    values: list[Any] = []
    tables = [*Base.metadata.tables, *(set(shared_metadata.tables) | {"answers"})]
    async with station_client.runtime.engine.connect() as connection:
        for table in tables:
            for row in await connection.execute(text(f'SELECT * FROM "{table}"')):
                values += [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(values)


async def test_phone_in_clear_is_only_in_a_reveal(
    station_client: StationClient,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    phone = new_phone()
    caplog.set_level(logging.DEBUG)
    body = {"name": "演示甲", "phone": phone}
    key = {"Idempotency-Key": phone[::-1]}
    answers = [await station_client.desk.post("/residents", body, headers=key) for _ in range(2)]
    answers.append(await station_client.desk.post("/residents", body))
    path = f"/residents/{answers[0].json()['id']}"
    answers += [await station_client.desk.get(path), await station_client.desk.get("/residents")]
    answers.append(await station_client.request_code(phone))
    answers.append(await station_client.try_sign_in(phone=phone, code="000000"))
    reveal = await station_client.desk.post(
        f"{path}/reveal", {"reason": "look"}, headers=key | {"x": "y"}
    )
    assert [answer.status_code for answer in answers] == [201, 201, 409, 200, 200, 202, 401]
    assert reveal.status_code == 422  # The key belongs to the registration.
    revealed = [
        await station_client.desk.post(
            f"{path}/reveal", {"reason": "look"}, headers={"Idempotency-Key": "reveal"}
        )
        for _ in range(2)
    ]
    assert [answer.json() for answer in revealed] == [{"phone": phone}] * 2
    assert await station_client.count_rows("reveals") == 1
    assert all(phone not in answer.text for answer in answers)
    assert phone not in await dump_all_tables(station_client)
    assert phone not in caplog.text
    assert phone not in "".join(capsys.readouterr())


async def test_messages_carry_only_the_sealed_phone(station_client: StationClient) -> None:
    phone = new_phone()
    await station_client.register_resident(phone=phone)
    await station_client.request_code(phone)
    registered, issued = await station_client.list_messages()
    for message in (registered, issued):
        assert phone not in message.to_json().decode()
        assert station_client.runtime.sealer.unseal(message.data["phone_sealed"]) == phone
    assert set(registered.data) == {"resident_id", "phone_sealed", "language"}
