"""Publish one message over AMQP: AMQP_URL=amqp://partner-… publish.py TYPE DATA [ID].

Send a repeat under the same ID: the station recognizes it, and nothing changes.
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
        user_id=user,  # The broker checks the user; without it the message is parked.
    )
    try:
        with pika.BlockingConnection(server) as connection:
            channel = connection.channel()
            channel.confirm_delivery()  # From here on, publishing waits for the broker's confirm.
            body = json.dumps(message).encode()
            channel.basic_publish(EXCHANGE, type_, body, properties, mandatory=True)
    except (ChannelClosedByBroker, ProbableAuthenticationError) as error:
        sys.exit(f"Refused: {error}")
    except AMQPError as error:
        sys.exit(f"Not accepted; send it again under the same id: {error!r}")
    print(message["id"])


if __name__ == "__main__":
    main(*sys.argv[1:])
