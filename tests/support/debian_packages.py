"""Debian packages that the tests need, installed by whichever worker comes first."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def find_or_install(find: Callable[[], str | None], *packages: str) -> str | None:
    """Return what `find` returns, after installing `packages` as root where it returns None.

    Other workers wait meanwhile: a command is on PATH before its package is installed.
    Raises: CalledProcessError.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return find()
    with (Path(tempfile.gettempdir()) / "linli-apt-get.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path := find():
            return path
        print(f"Installing {packages[0]} with apt-get, for the tests …", file=sys.stderr)  # noqa: T201
        _install(packages)
        return find()


def _install(packages: tuple[str, ...]) -> None:
    # Without RUNLEVEL a package would start its server and take the port of a running one.
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        subprocess.run(
            ["apt-get", *command],
            env={**os.environ, **quiet},
            check=True,
            stdout=subprocess.DEVNULL,
        )
