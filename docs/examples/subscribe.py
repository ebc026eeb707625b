"""Reads messages over AMQP: AMQP_URL=amqp://partner-… subscribe.py [COUNT].

Prints each as a line of JSON, COUNT of them or until it is stopped.
"""

import json
import os
import sys

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker


def main(count: str = "0") -> None:
    server = pika.URLParameters(os.environ["AMQP_URL"])
    queue = f"linli.readers.{server.credentials.username.removeprefix('partner-')}"
    handled = set()  # Keep it where it outlives this process, in the transaction of what you do.
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
                channel.basic_ack(delivery.delivery_tag)  # Only now is it gone from the queue.
                if len(handled) == int(count):
                    break
    except ChannelClosedByBroker as refused:
        sys.exit(f"Refused: {refused.reply_code} {refused.reply_text}")
    except AMQPError as failed:
        sys.exit(f"Not read: {failed!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
