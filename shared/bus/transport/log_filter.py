"""Filter of the AMQP library's log: it writes returned messages out whole, bodies and all."""

import logging

from aiormq.abc import DeliveredMessage

_LOGGER = "aiormq.channel"


class MessageIdFilter(logging.Filter):
    """A filter that names messages by their ids: what residents wrote belongs in no log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace messages among the arguments of a record, and keep the record."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_name, record.args))
        return True


def install_message_id_filter() -> None:
    """Filter the library's log in this process; may be called twice."""
    log = logging.getLogger(_LOGGER)
    if not any(isinstance(one, MessageIdFilter) for one in log.filters):
        log.addFilter(MessageIdFilter())


def _name(argument: object) -> object:
    if isinstance(argument, DeliveredMessage):
        return f"message {argument.header.properties.message_id}"
    return argument
