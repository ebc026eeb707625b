"""Reading: batches of messages, handled with their inbox rows in one transaction."""

from shared.bus.message import Bulk, Handler, Handlers, Message, One

__all__ = ["Bulk", "Handler", "Handlers", "Message", "One"]
