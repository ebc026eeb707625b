"""The golden files: an example of every contract as it was first written to the bus."""

import json
from pathlib import Path

from shared.contracts.examples import example, example_of_partner
from shared.contracts.partners import CONTRACTS
from shared.contracts.registry import REGISTRY

GOLDEN_FOLDER = Path(__file__).parent / "golden"
PARTNER_FOLDER = GOLDEN_FOLDER / "partners"


def write_missing() -> None:
    """Write the missing golden files; existing ones are promises and stay."""
    examples = {GOLDEN_FOLDER / f"{type_}.json": example(type_) for type_ in REGISTRY}
    examples |= {PARTNER_FOLDER / f"{type_}.json": example_of_partner(type_) for type_ in CONTRACTS}
    for path, example_content in examples.items():
        if not path.exists():
            content = example_content.model_dump(mode="json")
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    write_missing()
