"""A real Chromium for the tests: the installed one, or on Debian as root one from apt."""

import os
import shutil
import subprocess

from tests.support.debian_packages import find_or_install

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
    try:
        path = find_or_install(_find, "chromium", "fonts-noto-cjk")
    except subprocess.CalledProcessError as error:
        raise NoChromium from error
    if path is None:
        raise NoChromium
    return path


def _find() -> str | None:
    if configured := os.environ.get("LINLI_TEST_CHROMIUM"):
        return configured
    return next((path for name in NAMES if (path := shutil.which(name))), None)
