"""The golden files: every contract as it was first written to the bus."""

import json
from pathlib import Path

from shared.contracts.examples import example
from shared.contracts.registry import REGISTRY

GOLDEN = Path(__file__).parent / "golden"


def write() -> None:
    """Write the golden files of contracts that have none: those that exist are promises."""
    for type_ in REGISTRY:
        path = GOLDEN / f"{type_}.json"
        if not path.exists():
            content = example(type_).model_dump(mode="json")
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    write()
