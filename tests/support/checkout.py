"""The files of the checkout, as git knows them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def list_tracked(*patterns: str) -> list[Path]:
    """List the tracked files of the checkout that match `patterns`."""
    output = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [path for name in output.stdout.split() if (path := ROOT / name).exists()]
