"""The AsyncAPI 3.0 document of the messages: who says them, who reads them, what is in them."""

import json
from functools import cache
from inspect import cleandoc
from typing import Any

from shared.contracts.envelope import CONTENT_TYPE, Contract, Wire
from shared.contracts.examples import example_envelope
from shared.contracts.registry import READERS, REGISTRY, SERVICES, SOURCES
from shared.contracts.schemas import components

Document = dict[str, Any]
MESSAGES, PARTNERS = "linli.messages", "linli.partners"
SCHEMA = "#/components/schemas/{model}"
INFO = {
    "title": "Linli",
    "version": "1",
    "description": "The messages of a neighbourhood service station: CloudEvents 1.0 in their JSON "
    "format, on RabbitMQ.\n\nA type ends in its version. Within a version fields are only added, "
    "so that a reader leaves alone what it doesn't know. Messages come at least once and in any "
    "order: source and id tell a repeat, sequence tells of two messages about one subject which is "
    "the later. What is personal is sealed.",
    "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
}
BROKER = {
    "host": "{host}",
    "protocol": "amqp",
    "protocolVersion": "0.9.1",
    "description": "RabbitMQ. Where a deployment has a prefix (LINLI_AMQP_PREFIX), every name on "
    "the broker begins with it.",
    "variables": {"host": {"default": "localhost:5672", "description": "Host and port."}},
    "security": [{"type": "userPassword"}],
}
# What an envelope says beside what readers need of it.
ALSO_WRITTEN = {
    "datacontenttype": {"const": "application/json"},
    "dataschema": {"type": "string", "description": "The contract as a URN."},
}


@cache
def document() -> Document:
    """The whole document; it is the same for as long as the process runs, and not to be changed."""
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": CONTENT_TYPE,
        "servers": {"rabbitmq": BROKER},
        "channels": {
            **{type_: _routing_key(type_) for type_ in REGISTRY},
            **{f"linli.{service}": _queue(service) for service in SERVICES if read_by(service)},
            PARTNERS: _partners(),
        },
        "operations": _operations(),
        "components": {
            "messages": {type_: _message(type_) for type_ in REGISTRY},
            "schemas": _schemas(),
        },
    }


def read_by(service: str) -> list[str]:
    """The types that a service reads."""
    return [type_ for type_, readers in READERS.items() if service in readers]


def said(contract: type[Contract]) -> str:
    """What a message says, in a sentence: the first paragraph of its docstring."""
    return " ".join(cleandoc(contract.__doc__ or "").split("\n\n")[0].split())


def _routing_key(type_: str) -> Document:
    return {
        "address": type_,
        "description": f"The routing key of {REGISTRY[type_].__name__}.",
        "messages": {type_: _reference("components", "messages", type_)},
        "bindings": _amqp({"is": "routingKey", "exchange": _exchange(MESSAGES)}),
    }


def _queue(service: str) -> Document:
    name = f"linli.{service}"
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "/"}
    return {
        "address": name,
        "description": f"The queue of {service}, bound to the routing keys that it reads.",
        "messages": {
            type_: _reference("components", "messages", type_) for type_ in read_by(service)
        },
        "bindings": _amqp({"is": "queue", "queue": queue}),
    }


def _partners() -> Document:
    return {
        "address": "{type}",
        "description": "The exchange for what partners say. No type is granted to partners yet.",
        "parameters": {"type": {"description": "The type of the message."}},
        "messages": {},
        "bindings": _amqp({"is": "routingKey", "exchange": _exchange(PARTNERS)}),
    }


def _operations() -> Document:
    sent = {
        f"{SOURCES[type_].rpartition('/')[2]}.sends.{type_}": {
            "action": "send",
            "summary": said(contract),
            "channel": _reference("channels", type_),
            "messages": [_reference("channels", type_, "messages", type_)],
            "bindings": _amqp({"deliveryMode": 2, "mandatory": bool(READERS[type_])}),
        }
        for type_, contract in REGISTRY.items()
    }
    received = {
        f"{service}.receives": {
            "action": "receive",
            "summary": f"What {service} reads.",
            "channel": _reference("channels", f"linli.{service}"),
            "messages": [
                _reference("channels", f"linli.{service}", "messages", type_) for type_ in types
            ],
            "bindings": _amqp({"ack": True}),
        }
        for service in SERVICES
        if (types := read_by(service))
    }
    return {**sent, **received}


def _message(type_: str) -> Document:
    contract = REGISTRY[type_]
    return {
        "name": type_,
        "title": contract.__name__,
        "summary": said(contract),
        "description": cleandoc(contract.__doc__ or ""),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {
            "allOf": [
                {"$ref": SCHEMA.format(model=Wire.__name__)},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": type_},
                        "source": {"const": SOURCES[type_]},
                        "data": {"$ref": SCHEMA.format(model=contract.__name__)},
                    },
                },
            ]
        },
        "bindings": _amqp({"messageType": type_}),
        "examples": [
            {"name": contract.__name__, "payload": json.loads(example_envelope(type_).to_json())}
        ],
    }


def _schemas() -> Document:
    made = components([Wire, *REGISTRY.values()], SCHEMA)
    wire = made[Wire.__name__]
    made[Wire.__name__] = {
        **wire,
        "description": "The envelope of a message: a CloudEvent with our extensions.",
        "properties": {**wire["properties"], **ALSO_WRITTEN},
    }
    return made


def _exchange(name: str) -> Document:
    return {"name": name, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}


def _amqp(binding: Document) -> Document:
    return {"amqp": {**binding, "bindingVersion": "0.3.0"}}


def _reference(*way: str) -> Document:
    return {"$ref": "/".join(("#", *way))}
