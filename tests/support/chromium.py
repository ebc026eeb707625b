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
    """There is no Chromium to test with; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "The tests of pages need Chromium and a Chinese font: install chromium and "
            "fonts-noto-cjk, or set LINLI_TEST_CHROMIUM to its path."
        )


def executable() -> str:
    """The path of Chromium, installed with apt-get where that can be done; NoChromium."""
    found = _find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing chromium with apt-get, for the tests …", file=sys.stderr)  # noqa: T201
        _install()
        found = _find()
    if found is None:
        raise NoChromium
    return found


def _find() -> str | None:
    if named := os.environ.get("LINLI_TEST_CHROMIUM"):
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = ["chromium", "fonts-noto-cjk"]
    for command in (["update", "-qq"], ["install", "-y", "-qq", *wanted]):
        done = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, check=False)
        if done.returncode:
            raise NoChromium
