"""The example of a contract in an envelope, for the description of messages."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts.contract import Contract, example_id
from shared.contracts.envelope import Envelope
from shared.contracts.partners import External

EXTERNAL_TYPE = "ext.property.lift-stopped.v1"


def example_envelope(contract: type[Contract]) -> Envelope:
    """Build the example as the contract's service publishes it."""
    content = contract.make_example().model_dump(mode="json")
    return Envelope(
        id=str(example_id(10)),
        type=contract.type,
        source=contract.source,
        subject=contract.subject.format_map(content),
        time=datetime(2025, 3, 1, 8, 0, 0, 123456, tzinfo=UTC),
        station=example_id(9),
        sequence=7,
        correlationid=example_id(11),
        data=content,
        causationid=str(example_id(12)),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def partner_message(contract: type[Contract]) -> dict[str, Any]:
    """Build the example as a partner publishes it, with required attributes only."""
    return {
        "specversion": "1.0",
        "id": "2025-0301-17",
        "type": EXTERNAL_TYPE if contract is External else contract.type,
        "source": "/partners/property",
        "time": "2025-03-01T08:00:00+08:00",
        "data": contract.make_example().model_dump(mode="json"),
    }
