"""Read messages over AMQP: AMQP_URL=amqp://partner-… subscribe.py [COUNT].

Print each as a line of JSON: COUNT of them, or all until the program is stopped.
"""

import json
import os
import sys

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker


def main(count: str = "0") -> None:
    server = pika.URLParameters(os.environ["AMQP_URL"])
    queue = f"linli.readers.{server.credentials.username.removeprefix('partner-')}"
    handled = set()  # Store the keys durably, in the transaction that handles the message.
    try:
        with pika.BlockingConnection(server) as connection:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=50)
            for delivery, _, body in channel.consume(queue):
                message = json.loads(body)
                key = (message["source"], message["id"])
                if key not in handled:
                    print(json.dumps(message, ensure_ascii=False), flush=True)
                    handled.add(key)
                # Only now does the queue drop the message.
                channel.basic_ack(delivery.delivery_tag)
                if len(handled) == int(count):
                    break
    except ChannelClosedByBroker as error:
        sys.exit(f"Refused: {error.reply_code} {error.reply_text}")
    except AMQPError as error:
        sys.exit(f"Not read: {error!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
