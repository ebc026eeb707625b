"""A partner's machine on the deployed broker: it says what is granted, and nothing else."""

import json
from typing import Any
from uuid import uuid4

import pytest

from shared import clock
from tests.compose.deployment import Deployment
from tests.support.api_clients import Person, create_publisher, create_resident, eventually

FULFILLED = "linli.wish.fulfilled.v1"
# What a machine inside the network does; the image has no pika.
PUBLISH_SCRIPT = """
import asyncio, json, sys
import aio_pika
from aio_pika.exceptions import AMQPException

async def main(url, user, exchange, key, body):
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        target = await channel.get_exchange(exchange, ensure=False)
        message = aio_pika.Message(body.encode(), user_id=user)
        try:
            await target.publish(message, key, timeout=10)
        except AMQPException as refused:
            return str(refused)
    return "confirmed"

print(asyncio.run(main(*json.load(sys.stdin))))
"""


@pytest.fixture(scope="module")
async def partner_credentials(deployment: Deployment, operator: Person) -> dict[str, Any]:
    """A machine that the broker was told of, with its user and password."""
    seen = await create_publisher(operator, [{"may": "publish", "type": FULFILLED}])
    given = await operator.post(f"/publishers/{seen['id']}/password")
    users = await deployment.compose("run", "--rm", "--no-TTY", "migrate", "publishers", "broker")
    # RabbitMQ 4.0.5 waits for ever when it imports from a pipe.
    importing = "cat > /tmp/users.json && rabbitmqctl import_definitions /tmp/users.json"
    await deployment.compose("exec", "-T", "rabbitmq", "sh", "-c", importing, stdin=users)
    return {**seen, **given}


async def publish_inside(
    deployment: Deployment, partner_credentials: dict[str, Any], key: str, **overrides: str
) -> str:
    """What the broker answers to a message that the machine publishes from inside."""
    data = {"wish_id": overrides.get("wish", str(uuid4())), "minutes": 25, "note": "换好了"}
    said = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": partner_credentials["source"],
        "type": key,
        "time": clock.now().isoformat(),
        "data": data,
    }
    url = f"amqp://{partner_credentials['user']}:{partner_credentials['password']}@rabbitmq/"
    exchange, user = (
        overrides.get("exchange", "linli.partners"),
        overrides.get("user", partner_credentials["user"]),
    )
    words = json.dumps([url, user, exchange, key, json.dumps(said)])
    script = ("python", "-c", PUBLISH_SCRIPT)
    return (await deployment.compose("exec", "-T", "intake", *script, stdin=words)).strip()


async def test_what_it_says_of_a_wish_reaches_the_resident(
    deployment: Deployment, desk: Person, partner_credentials: dict[str, Any]
) -> None:
    wisher = await create_resident(desk)
    wish = await wisher.post("/wishes", {"title": "想换一个灯泡", "details": "够不着"})
    path = f"/wishes/{wish['id']}"
    await desk.post(f"{path}/approve")
    assert (
        await publish_inside(deployment, partner_credentials, FULFILLED, wish=wish["id"])
        == "confirmed"
    )

    async def delivered() -> bool:
        state: str = (await desk.get(path))["state"]
        return state == "delivered"

    await eventually(delivered)
    assert (await wisher.post(f"{path}/confirm"))["state"] == "fulfilled"


async def test_the_broker_refuses_what_is_not_granted(
    deployment: Deployment, partner_credentials: dict[str, Any]
) -> None:
    for key, other in (
        ("linli.event.joined.v1", {}),
        (FULFILLED, {"exchange": "linli.messages"}),
        (FULFILLED, {"user": "linli-intake"}),
    ):
        answer = await publish_inside(deployment, partner_credentials, key, **other)
        assert "ACCESS" in answer or "PRECONDITION" in answer, answer
