"""Publishes one message over AMQP: AMQP_URL=amqp://partner-… publish.py TYPE DATA [ID].

Send a repeat under the same ID: it is known by that, and changes nothing.
"""

import json
import os
import sys
import uuid
from datetime import UTC, datetime

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker, ProbableAuthenticationError

EXCHANGE = "linli.partners"


def main(type_: str, data: str, id_: str = "") -> None:
    server = pika.URLParameters(os.environ["AMQP_URL"])
    user = server.credentials.username
    message = {
        "specversion": "1.0",
        "id": id_ or str(uuid.uuid4()),
        "source": f"/partners/{user.removeprefix('partner-')}",
        "type": type_,
        "time": datetime.now(UTC).isoformat(),
        "data": json.loads(data),
    }
    properties = pika.BasicProperties(
        content_type="application/cloudevents+json",
        delivery_mode=pika.DeliveryMode.Persistent,
        message_id=message["id"],
        user_id=user,  # The broker vouches for it; without it the message is set aside.
    )
    try:
        with pika.BlockingConnection(server) as connection:
            channel = connection.channel()
            channel.confirm_delivery()  # From here on publishing waits until the broker has it.
            body = json.dumps(message).encode()
            channel.basic_publish(EXCHANGE, type_, body, properties, mandatory=True)
    except (ChannelClosedByBroker, ProbableAuthenticationError) as refused:
        sys.exit(f"Refused: {refused}")
    except AMQPError as failed:
        sys.exit(f"Not taken; send it again under the same id: {failed!r}")
    print(message["id"])


if __name__ == "__main__":
    main(*sys.argv[1:])
