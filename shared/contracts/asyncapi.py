"""The AsyncAPI 3.0 document of the messages: their publishers, readers and contents."""

import json
import re
from functools import cache
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from shared.contracts.contract import Contract
from shared.contracts.envelope import CONTENT_TYPE, EnvelopeModel, PartnerEnvelopeModel
from shared.contracts.examples import example_envelope, partner_message
from shared.contracts.partners import CONTRACTS, EXTERNAL, READABLE, SOURCE, External
from shared.contracts.registry import REGISTRY, SERVICES
from shared.contracts.schemas import components

Document = dict[str, Any]
MESSAGES, PARTNERS, PARTNER_READERS = "linli.messages", "linli.partners", "linli.readers"
PARTNER_INGRESS_SERVICE = "intake"
SCHEMA = "#/components/schemas/{model}"
# The names under which readers of the document know the envelopes.
ENVELOPE_NAMES: dict[type[BaseModel], str] = {
    EnvelopeModel: "Wire",
    PartnerEnvelopeModel: "PartnerWire",
}
INFO = {
    "title": "Linli",
    "version": "1",
    "description": "The messages of a neighbourhood service station: CloudEvents 1.0 in their JSON "
    "format, on RabbitMQ.\n\nA type ends in its version. Within a version fields are only added, "
    "so that a reader leaves alone what it doesn't know. Messages come at least once and in any "
    "order: source and id tell a repeat, sequence tells of two messages about one subject which is "
    "the later. What is personal is sealed.\n\nPartners publish what is granted to them to an "
    "exchange of their own or over HTTP (POST /api/v1/messages), and read from a queue of their "
    "own.",
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
# Attributes of an envelope that no reader needs.
EXTRA_ATTRIBUTES = {
    "datacontenttype": {"const": "application/json", "description": "What `data` is."},
    "dataschema": {"type": "string", "description": "The contract as a URN."},
}


@cache
def document() -> Document:
    """Build the document; it is cached, so a caller must not change it."""
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": CONTENT_TYPE,
        "servers": {"rabbitmq": BROKER},
        "channels": {
            **{type_: _routing_key(type_) for type_ in REGISTRY},
            **{f"linli.{service}": _queue(service) for service in SERVICES if read_by(service)},
            PARTNERS: _partners(),
            PARTNER_READERS: _readers(),
        },
        "operations": _operations(),
        "components": {
            "messages": {
                **{type_: _own_message(contract) for type_, contract in REGISTRY.items()},
                **{
                    partner_message_name(type_): _partner_message(contract)
                    for type_, contract in CONTRACTS.items()
                },
                partner_message_name(External.type): _external_message(),
            },
            "schemas": _schemas(),
        },
    }


def read_by(service: str) -> list[str]:
    """List the types that a service reads."""
    return [type_ for type_, contract in REGISTRY.items() if service in contract.readers]


def summary_of(contract: type[Contract]) -> str:
    """Return a contract's summary: the first paragraph of its docstring."""
    return " ".join(cleandoc(contract.__doc__ or "").split("\n\n")[0].split())


def partner_message_name(type_: str) -> str:
    """Return the name of the message that partners may publish with a type."""
    return f"partners.{type_.removesuffix('.*')}"


def _routing_key(type_: str) -> Document:
    return {
        "address": type_,
        "description": f"The routing key of {REGISTRY[type_].__name__}.",
        "messages": {type_: _reference("components", "messages", type_)},
        "bindings": _amqp({"is": "routingKey", "exchange": _exchange(MESSAGES)}),
    }


def _queue(service: str) -> Document:
    name = f"linli.{service}"
    return {
        "address": name,
        "description": f"The queue of {service}, bound to the routing keys that it reads.",
        "messages": {
            type_: _reference("components", "messages", type_) for type_ in read_by(service)
        },
        "bindings": _amqp({"is": "queue", "queue": _durable_queue(name)}),
    }


def _partners() -> Document:
    return {
        "address": "{type}",
        "description": "The exchange for what partners say, each the types that are granted to it. "
        "The routing key is the type. The property user_id must be the publisher's user, "
        "`partner-` and its name, so that the broker vouches for it; its source is "
        "`/partners/` and its name. Messages are taken up to 30 days after their time.",
        "parameters": {"type": {"description": "The type of the message."}},
        "messages": {
            name: _reference("components", "messages", partner_message_name(name))
            for name in (*CONTRACTS, External.type)
        },
        "bindings": _amqp({"is": "routingKey", "exchange": _exchange(PARTNERS)}),
    }


def _readers() -> Document:
    address = f"{PARTNER_READERS}.{{publisher}}"
    return {
        "address": address,
        "description": f"The queue of a publisher that may read. The headers exchange "
        f"`{PARTNER_READERS}` feeds it with the types that are granted to it, of its own "
        "station alone. It keeps the last 100000 messages that are unread, for 7 days.",
        "parameters": {"publisher": {"description": "The publisher's name."}},
        "messages": {
            type_: _reference("components", "messages", type_) for type_ in sorted(READABLE)
        },
        "bindings": _amqp({"is": "queue", "queue": _durable_queue(address)}),
    }


def _operations() -> Document:
    sent = {
        f"{contract.service}.sends.{type_}": {
            "action": "send",
            "summary": summary_of(contract),
            "channel": _reference("channels", type_),
            "messages": [_reference("channels", type_, "messages", type_)],
            "bindings": _amqp({"deliveryMode": 2, "mandatory": bool(contract.readers)}),
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
    return {**sent, **received, **_operations_with_partners()}


def _operations_with_partners() -> Document:
    return {
        f"{PARTNER_INGRESS_SERVICE}.receives.{PARTNERS}": {
            "action": "receive",
            "summary": f"What {PARTNER_INGRESS_SERVICE} takes from partners.",
            "channel": _reference("channels", PARTNERS),
            "messages": [
                _reference("channels", PARTNERS, "messages", name)
                for name in (*CONTRACTS, External.type)
            ],
            "bindings": _amqp({"ack": True}),
        },
        f"{PARTNER_READERS}.sends": {
            "action": "send",
            "summary": "What partners are given to read.",
            "channel": _reference("channels", PARTNER_READERS),
            "messages": [
                _reference("channels", PARTNER_READERS, "messages", type_)
                for type_ in sorted(READABLE)
            ],
        },
    }


def _own_message(contract: type[Contract]) -> Document:
    attributes = {"type": {"const": contract.type}, "source": {"const": contract.source}}
    example = json.loads(example_envelope(contract).to_json())
    correlated = {"correlationId": {"location": "$message.payload#/correlationid"}}
    return {**_message(contract, EnvelopeModel, attributes, example), **correlated}


def _partner_message(contract: type[Contract]) -> Document:
    attributes = {"type": {"const": contract.type}, "source": _pattern(SOURCE)}
    return _message(contract, PartnerEnvelopeModel, attributes, partner_message(contract))


def _external_message() -> Document:
    attributes = {"type": _pattern(EXTERNAL), "source": _pattern(SOURCE)}
    return _message(External, PartnerEnvelopeModel, attributes, partner_message(External))


def _message(
    contract: type[Contract], envelope: type[BaseModel], attributes: Document, example: Document
) -> Document:
    return {
        "name": contract.type,
        "title": contract.__name__,
        "summary": summary_of(contract),
        "description": cleandoc(contract.__doc__ or ""),
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": SCHEMA.format(model=ENVELOPE_NAMES[envelope])},
                {
                    "type": "object",
                    "properties": {
                        **attributes,
                        "data": {"$ref": SCHEMA.format(model=contract.__name__)},
                    },
                },
            ]
        },
        "bindings": _amqp({"messageType": contract.type}),
        "examples": [{"name": contract.__name__, "payload": example}],
    }


def _schemas() -> Document:
    contracts: list[type[Contract]] = [*REGISTRY.values(), *CONTRACTS.values(), External]
    by_name = components((EnvelopeModel, PartnerEnvelopeModel, *contracts), SCHEMA)
    for model, name in ENVELOPE_NAMES.items():
        by_name[name] = {**by_name.pop(model.__name__), "title": name}
    envelope = by_name[ENVELOPE_NAMES[EnvelopeModel]]
    by_name[ENVELOPE_NAMES[EnvelopeModel]] = {
        **envelope,
        "description": "The envelope of a message: a CloudEvent with our extensions.",
        "properties": {**envelope["properties"], **EXTRA_ATTRIBUTES},
    }
    return by_name


def _pattern(regex: re.Pattern[str]) -> Document:
    return {"type": "string", "pattern": f"^{regex.pattern}$"}


def _durable_queue(name: str) -> Document:
    return {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "/"}


def _exchange(name: str) -> Document:
    return {"name": name, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}


def _amqp(binding: Document) -> Document:
    return {"amqp": {**binding, "bindingVersion": "0.3.0"}}


def _reference(*path: str) -> Document:
    return {"$ref": "/".join(("#", *path))}
