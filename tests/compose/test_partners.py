"""A partner's software on the deployed broker: it publishes what is granted, and nothing else."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.compose.deployment import Deployment
from tests.support.api_clients import ApiClient, create_publisher, create_resident, eventually
from tests.support.messages import make_cloud_event

FULFILLED = "linli.wish.fulfilled.v1"
STOPPED = "ext.lifts.stopped.v1"
# Runs inside the network, in a container of intake; its image has aio-pika, not pika.
PUBLISH_SCRIPT = """
import asyncio, json, ssl, sys
import aio_pika
from aio_pika.exceptions import AMQPConnectionError, AMQPException

async def main(url, user, exchange, key, body):
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    try:
        connecting = await aio_pika.connect(url, ssl_context=tls)
    except AMQPConnectionError as refused:
        return f"no connection: {refused}"
    async with connecting as connection:
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
async def partner_credentials(deployment: Deployment, operator: ApiClient) -> dict[str, Any]:
    """A publisher that the broker knows, with its user and password."""
    grants = [{"may": "publish", "type": type_} for type_ in (FULFILLED, STOPPED)]
    publisher = await create_publisher(operator, grants)
    credentials = await operator.post_ok(f"/publishers/{publisher['id']}/password")
    users = await deployment.compose("run", "--rm", "--no-TTY", "migrate", "publishers", "broker")
    # RabbitMQ 4.0.5 waits for ever when it imports from a pipe.
    import_command = "cat > /tmp/users.json && rabbitmqctl import_definitions /tmp/users.json"
    await deployment.compose("exec", "-T", "rabbitmq", "sh", "-c", import_command, stdin=users)
    return {**publisher, **credentials}


async def publish_inside(
    deployment: Deployment, partner_credentials: dict[str, Any], key: str, **overrides: str
) -> str:
    """Publish a message from inside the network, and return what the broker answers."""
    data = {"wish_id": overrides.get("wish", str(uuid4())), "minutes": 25, "note": "换好了"}
    event = make_cloud_event(partner_credentials["source"], key, data)
    broker = overrides.get("broker", "amqp://{user}:{password}@rabbitmq/")
    url = broker.format(**partner_credentials)
    exchange, user = (
        overrides.get("exchange", "linli.partners"),
        overrides.get("user", partner_credentials["user"]),
    )
    arguments = json.dumps([url, user, exchange, key, json.dumps(event)])
    script = ("python", "-c", PUBLISH_SCRIPT)
    return (await deployment.compose("exec", "-T", "intake", *script, stdin=arguments)).strip()


async def test_wish_that_the_partner_fulfils_reaches_the_resident(
    deployment: Deployment, desk: ApiClient, partner_credentials: dict[str, Any]
) -> None:
    wisher = await create_resident(desk)
    wish = await wisher.post_ok("/wishes", {"title": "想换一个灯泡", "details": "够不着"})
    path = f"/wishes/{wish['id']}"
    await desk.post_ok(f"{path}/approve")
    assert (
        await publish_inside(deployment, partner_credentials, FULFILLED, wish=wish["id"])
        == "confirmed"
    )

    async def delivered() -> bool:
        state: str = (await desk.get_ok(path))["state"]
        return state == "delivered"

    await eventually(delivered)
    assert (await wisher.post_ok(f"{path}/confirm"))["state"] == "fulfilled"


async def test_broker_refuses_to_publish_without_a_grant(
    deployment: Deployment, partner_credentials: dict[str, Any]
) -> None:
    for key, overrides in (
        ("linli.event.joined.v1", {}),
        (FULFILLED, {"exchange": "linli.messages"}),
        (FULFILLED, {"user": "linli-intake"}),
    ):
        answer = await publish_inside(deployment, partner_credentials, key, **overrides)
        assert "ACCESS" in answer or "PRECONDITION" in answer, answer


async def test_amqps_is_for_publishers_only(
    deployment: Deployment, partner_credentials: dict[str, Any]
) -> None:
    profile = ("--profile", "publishers")
    up = ("up", "--detach", "--wait", "--no-deps", "--no-build", "publishers")
    await deployment.compose(*profile, *up)
    try:
        outside = "amqps://{user}:{password}@publishers:5671/"
        answer = await publish_inside(deployment, partner_credentials, STOPPED, broker=outside)
        assert answer == "confirmed"
        for user, setting in (
            ("linli", "RABBITMQ_PASSWORD"),
            ("linli-intake", "INTAKE_AMQP_PASSWORD"),
        ):
            login = f"{user}:{deployment.settings[setting]}"
            inside = await publish_inside(
                deployment, partner_credentials, STOPPED, broker=f"amqp://{login}@rabbitmq/"
            )
            assert not inside.startswith("no connection"), inside
            refused = await publish_inside(
                deployment, partner_credentials, STOPPED, broker=f"amqps://{login}@publishers/"
            )
            assert refused.startswith("no connection"), refused
    finally:
        await deployment.compose(*profile, "rm", "--stop", "--force", "publishers")
