"""The conventions that no tool checks, for files and for the deployment."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli.migrate import SERVICES
from shared.bus.transport import topology

ROOT = Path(__file__).resolve().parent.parent
OWN_SERVICES = {"migrate", *SERVICES}
BANNED_NAMES = {
    "utils",
    "helpers",
    "helper",
    "manager",
    "managers",
    "data",
    "info",
    "common",
    "misc",
}
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 40


def list_tracked(*patterns: str) -> list[Path]:
    """List the tracked files of the checkout that match `patterns`."""
    output = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in output.stdout.split()]


SOURCE_FILES = list_tracked("shared/*.py", "services/*.py", "tests/*.py", "scripts/*.py")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text("utf-8")


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Yield the name and the length of every function in `file`, without its docstring."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            start = (
                first.end_lineno if ast.get_docstring(node) and first.end_lineno else node.lineno
            )
            yield node.name, (node.end_lineno or 0) - start


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash_and_no_lock_names_a_registry(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pins = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE)
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)


def test_every_requirement_is_locked() -> None:
    for file in ("requirements", "requirements-dev"):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"{file}.lock").read_text(), re.M))
        lines = (ROOT / f"{file}.in").read_text("utf-8").splitlines()
        required = {
            name[0].lower() for line in lines if (name := re.match(r"[A-Za-z0-9][\w-]*", line))
        }
        assert required <= locked


def test_package_lock_names_no_registry() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in locked["packages"].items() if name}
    assert packages
    assert all("resolved" not in entry and "integrity" in entry for entry in packages.values())
    assert packages["node_modules/htmx.org"]["version"].startswith("2.0.")


def test_web_assets_and_secrets_are_not_committed() -> None:
    assert not list_tracked(".env", "*/vendor/*", "node_modules/*", "*.pem", "*.mo")


def test_files_and_functions_stay_small() -> None:
    files = [f for f in SOURCE_FILES if len(f.read_text("utf-8").splitlines()) > MAX_FILE_LINES]
    assert not [str(f.relative_to(ROOT)) for f in files]
    long = [
        f"{file.relative_to(ROOT)}: {name} has {lines} lines"
        for file in SOURCE_FILES
        if "migrations/versions" not in str(file)
        for name, lines in functions(file)
        if lines > MAX_FUNCTION_LINES
    ]
    assert not long


def test_every_module_has_a_docstring() -> None:
    undocumented = [
        str(file.relative_to(ROOT))
        for file in SOURCE_FILES
        if (text := file.read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert not undocumented


def test_no_module_has_a_meaningless_name() -> None:
    assert not [str(file.relative_to(ROOT)) for file in SOURCE_FILES if file.stem in BANNED_NAMES]


def test_only_the_edge_publishes_ports_without_a_profile() -> None:
    published = {name: s for name, s in COMPOSE["services"].items() if "ports" in s}
    always = {name for name, service in published.items() if not service.get("profiles")}
    assert always == {"edge"}
    assert set(published) == {"edge", "publishers"}
    assert published["publishers"]["profiles"] == ["publishers"]


def test_every_own_service_is_locked_down() -> None:
    for name in OWN_SERVICES:
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["mem_limit"]
        assert service["pids_limit"]
        assert "user" not in service
        assert not service.get("privileged")


def test_image_runs_without_root() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\d+)", last, re.M)
    assert users
    assert int(users[-1]) > 0


def test_every_service_is_scalable_and_stops_gracefully() -> None:
    for name in SERVICES:
        service = COMPOSE["services"][name]
        assert "container_name" not in service
        assert "ports" not in service
        assert service["stop_grace_period"] == "30s"
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]


def test_secrets_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    secret = r"\$\{(\w*(?:PASSWORD|SECRET|KEY)\w*)(:?[-?][^}]*)?\}"
    defaults = {name for name, rest in re.findall(secret, text) if "-" in rest[:2]}
    assert not defaults


def test_broker_users_have_the_permissions_of_the_topology() -> None:
    content = COMPOSE["configs"]["rabbitmq-users"]["content"].replace("$$", "$")
    users = json.loads(content)
    granted = {
        entry["user"]: {key: entry[key] for key in ("configure", "write", "read")}
        for entry in users["permissions"]
    }
    for name in SERVICES:
        assert granted[f"linli-{name}"] == topology.permissions(name)
    assert {user["name"] for user in users["users"]} == set(granted)


@pytest.mark.parametrize("name", [path.name for path in list_tracked("docs/decisions/*.md")])
def test_decision_is_one_page_with_its_three_headings(name: str) -> None:
    text = (ROOT / "docs/decisions" / name).read_text("utf-8")
    assert re.match(r"\d{4}-[a-z0-9-]+\.md", name)
    assert len(text.splitlines()) <= 60
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings == ["Context", "Decision", "What follows"]
