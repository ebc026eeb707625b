"""A phone number in clear: in no row, no message, no log, and no answer but a reveal."""

import logging
from typing import Any

import pytest
from sqlalchemy import text

from services.intake.base import Base
from shared.bus.tables import bus_metadata
from tests.intake.station_client import Scene, a_phone


async def everything_written(scene: Scene) -> str:
    """All rows of all tables, as text, bytes unpacked."""
    found: list[Any] = []
    tables = [*Base.metadata.tables, *(set(bus_metadata.tables) | {"answers"})]
    async with scene.runtime.engine.connect() as connection:
        for table in tables:
            for row in await connection.execute(text(f'SELECT * FROM "{table}"')):
                found += [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(found)


async def test_a_phone_is_nowhere_in_clear(
    scene: Scene, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = a_phone()
    caplog.set_level(logging.DEBUG)
    body = {"name": "演示甲", "phone": phone}
    key = {"Idempotency-Key": phone[::-1]}
    answers = [await scene.desk.post("/residents", body, headers=key) for _ in range(2)]
    answers.append(await scene.desk.post("/residents", body))
    path = f"/residents/{answers[0].json()['id']}"
    answers += [await scene.desk.get(path), await scene.desk.get("/residents")]
    answers.append(await scene.ask_for_code(phone))
    answers.append(await scene.try_sign_in(phone=phone, code="000000"))
    reveal = await scene.desk.post(f"{path}/reveal", {"reason": "look"}, headers=key | {"x": "y"})
    assert [answer.status_code for answer in answers] == [201, 201, 409, 200, 200, 202, 401]
    assert reveal.status_code == 422  # The key belongs to the registration.
    revealed = [
        await scene.desk.post(
            f"{path}/reveal", {"reason": "look"}, headers={"Idempotency-Key": "reveal"}
        )
        for _ in range(2)
    ]
    assert [answer.json() for answer in revealed] == [{"phone": phone}] * 2
    assert await scene.rows("reveals") == 1
    assert all(phone not in answer.text for answer in answers)
    assert phone not in await everything_written(scene)
    assert phone not in caplog.text
    assert phone not in "".join(capsys.readouterr())


async def test_messages_carry_the_phone_sealed(scene: Scene) -> None:
    phone = a_phone()
    await scene.registered(phone=phone)
    await scene.ask_for_code(phone)
    registered, issued = await scene.messages()
    for message in (registered, issued):
        assert phone not in message.to_json().decode()
        assert scene.runtime.sealer.open(message.data["phone_sealed"]) == phone
    assert set(registered.data) == {"resident_id", "phone_sealed", "language"}
