"""The deployment files say what the code does: commands, settings, secrets, health and pinned versions."""

import re
from typing import Any

import pytest
import yaml

from backend.app import create_app
from backend.settings import SECRETS, Settings
from backend.wiring import wire
from tests.house.sources import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
BUILT = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE = (ROOT / "backend/Dockerfile").read_text("utf-8")
KNOWN = {  # of the compose specification, what we use
    "build", "image", "environment", "secrets", "restart", "read_only", "tmpfs", "volumes", "cap_drop", "security_opt",
    "command", "configs", "ports", "depends_on", "networks", "healthcheck", "deploy", "stop_grace_period", "shm_size",
}
TEST_KEYS = {"test", "interval", "timeout", "retries", "start_period"}


def test_compose_has_the_five_parts() -> None:
    assert {"proxy", "api", "worker", "database", "mail"} <= SERVICES.keys()
    assert SERVICES.keys() - {"proxy", "api", "worker", "database", "mail"} == {"migrate"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_uses_keys_of_the_specification(name: str) -> None:
    service = SERVICES[name]
    assert service.keys() - KNOWN == set()
    assert set(service.get("healthcheck", {})) <= TEST_KEYS
    assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
    named = {volume.split(":")[0] for volume in service.get("volumes", [])}
    assert named <= COMPOSE["volumes"].keys()
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] in ("service_healthy", "service_completed_successfully")
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", SERVICES)
def test_tags_are_pinned(name: str) -> None:
    assert re.search(r":v?\d+\.\d+", SERVICES[name]["image"]), SERVICES[name]["image"]
    assert re.search(r"^FROM python:3\.11\.\d+-slim", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("name", BUILT)
def test_settings_in_compose_exist_and_secrets_come_as_files(name: str) -> None:
    for variable in SERVICES[name]["environment"]:
        setting = variable.removesuffix("_FILE").lower()
        assert setting in Settings.__struct_fields__, variable
        assert not (setting in SECRETS - {"smtp_url"} and not variable.endswith("_FILE")), variable
    assert all("file" in secret for secret in COMPOSE["secrets"].values())


@pytest.mark.parametrize("name", BUILT)
def test_command_in_compose_exists(name: str) -> None:
    from backend.__main__ import main

    assert SERVICES[name]["command"][0] in main.commands
    assert 'ENTRYPOINT ["python", "-m", "backend"]' in DOCKERFILE


def test_api_can_be_many() -> None:
    api = SERVICES["api"]
    assert api["deploy"]["replicas"] >= 2
    assert "ports" not in api
    assert "container_name" not in api


def test_health_is_asked_where_the_app_answers() -> None:
    app = create_app(wire(Settings(secret_key="x" * 40)))
    asked = re.search(r":8000(/[\w/]+)'", SERVICES["api"]["healthcheck"]["test"][-1])

    assert asked
    assert asked[1] in {route.path for route in app.routes}


def test_only_the_proxy_is_believed_and_only_it_is_reached() -> None:
    address = SERVICES["proxy"]["networks"]["default"]["ipv4_address"]
    assert SERVICES["api"]["environment"]["TRUSTED_PROXIES"] == address
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "mail"}
    assert SERVICES["mail"]["ports"][0].startswith("127.0.0.1:")


def test_image_is_hash_checked_and_runs_without_root() -> None:
    assert "pip install --require-hashes -r requirements.lock" in DOCKERFILE
    assert re.search(r"^USER (?!0\b|root\b)\w+", DOCKERFILE, re.MULTILINE)
    assert all(SERVICES[name]["read_only"] for name in BUILT)


def test_ci_is_one_script() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    run = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]

    assert sorted(run) == [".ci/run", ".ci/run --full"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o100
