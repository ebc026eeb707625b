"""The golden files: an example of every contract as it was first written to the bus."""

import json
from pathlib import Path

from shared.contracts.partners import CONTRACTS
from shared.contracts.registry import REGISTRY

GOLDEN_FOLDER = Path(__file__).parent / "golden"
PARTNER_FOLDER = GOLDEN_FOLDER / "partners"


def write_missing() -> None:
    """Write the missing golden files; existing ones are promises and stay."""
    contracts = {GOLDEN_FOLDER / f"{type_}.json": one for type_, one in REGISTRY.items()}
    contracts |= {PARTNER_FOLDER / f"{type_}.json": one for type_, one in CONTRACTS.items()}
    for path, contract in contracts.items():
        if not path.exists():
            content = contract.make_example().model_dump(mode="json")
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    write_missing()
