"""A real Chromium for the tests: the installed one, or on Debian as root one from apt."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]


class NoChromium(Exception):
    """Missing Chromium; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "The tests of pages need Chromium and a Chinese font: install chromium and "
            "fonts-noto-cjk, or set LINLI_TEST_CHROMIUM to its path."
        )


def executable() -> str:
    """Return the path of Chromium; install it with apt-get where possible. Raises: NoChromium."""
    path = _find()
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing chromium with apt-get, for the tests …", file=sys.stderr)  # noqa: T201
        _install()
        path = _find()
    if path is None:
        raise NoChromium
    return path


def _find() -> str | None:
    if configured := os.environ.get("LINLI_TEST_CHROMIUM"):
        return configured
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-noto-cjk"]
    for command in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        result = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, check=False)
        if result.returncode:
            raise NoChromium
