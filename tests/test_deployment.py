"""What the deployment may open and install: compose file, image, lock files, broker users."""

import json
import re
from typing import Any

import pytest
import yaml

from services.cli.migrate import SERVICES
from shared.bus.transport import topology
from shared.contracts.registry import REGISTRY
from tests.support.checkout import ROOT, list_tracked

OWN_SERVICES = {"migrate", "publishers", *SERVICES}
REQUIREMENTS = ("requirements", "requirements-embedded", "requirements-dev")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("lock", [f"{name}.lock" for name in REQUIREMENTS])
def test_every_pin_has_a_hash_and_no_lock_names_a_registry(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pins = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE)
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)


def test_every_requirement_is_locked() -> None:
    for file in REQUIREMENTS:
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / f"{file}.lock").read_text(), re.M))
        lines = (ROOT / f"{file}.in").read_text("utf-8").splitlines()
        required = {
            name[0].lower() for line in lines if (name := re.match(r"[A-Za-z0-9][\w-]*", line))
        }
        assert required
        assert required <= locked


def test_package_lock_names_no_registry() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in locked["packages"].items() if name}
    assert packages
    assert all("resolved" not in entry and "integrity" in entry for entry in packages.values())
    assert packages["node_modules/htmx.org"]["version"].startswith("2.0.")


def test_web_assets_and_secrets_are_not_committed() -> None:
    assert not list_tracked(".env", "*/vendor/*", "node_modules/*", "*.pem", "*.mo")


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


def test_image_installs_no_embedded_postgres() -> None:
    assert re.findall(r"--requirement /(\S+)", DOCKERFILE) == ["requirements.lock"]
    assert "pgserver" not in (ROOT / "requirements.lock").read_text("utf-8")


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


def test_broker_users_publish_only_the_types_of_their_service() -> None:
    content = COMPOSE["configs"]["rabbitmq-users"]["content"].replace("$$", "$")
    granted = json.loads(content)["topic_permissions"]
    assert granted == [
        {"user": f"linli-{name}", "vhost": "/", **topology.topic_permissions(name)}
        for name in SERVICES
    ]
    for service in SERVICES:
        pattern = re.compile(topology.topic_permissions(service)["write"])
        for type_, contract in REGISTRY.items():
            assert bool(pattern.fullmatch(type_)) == (contract.service == service)
    assert re.fullmatch(topology.topic_permissions("intake")["write"], "ext.lift.broken.v1")
    assert not re.fullmatch(topology.topic_permissions("notify")["write"], "ext.lift.broken.v1")
