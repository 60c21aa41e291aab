"""The compose file is valid, and its images and volumes agree with each other."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as Compose reads it; no engine is needed for that."""
    try:
        subprocess.run(["docker", "compose", "version"], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"docker compose is not installed here: {error}")
    command = ["docker", "compose", "--file", str(ROOT / "docker-compose.yml"), "config", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    config: dict[str, Any] = json.loads(done.stdout)
    return config


def test_every_service_is_pinned_limited_and_has_an_init(compose: dict[str, Any]):
    assert set(compose["services"]) == {"train", "api"}
    for name, service in compose["services"].items():
        tag = service["image"].rpartition(":")[2]
        assert re.match(r"v?\d+\.\d+", tag), name
        assert service["init"] is True
        assert int(service["mem_limit"]) > 0
        assert service["restart"]
        assert (Path(service["build"]["context"]) / service["build"]["dockerfile"]).is_file()


def test_the_api_cannot_write_what_it_serves_and_listens_on_this_machine_only(compose: dict[str, Any]):
    api = compose["services"]["api"]
    assert {volume["source"]: volume["read_only"] for volume in api["volumes"]} == {"models": True, "evaluation": True}
    assert [(port["host_ip"], port["published"], port["target"]) for port in api["ports"]] == [
        ("127.0.0.1", "8001", 8001)
    ]
    assert "healthcheck" in api
    assert not api.get("depends_on")  # it starts at once and waits by itself


def test_every_mounted_folder_is_made_in_every_image_by_the_same_owner(compose: dict[str, Any]):
    targets = {volume["target"] for service in compose["services"].values() for volume in service["volumes"]}
    folders = {target.removeprefix("/opt/pauta/") for target in targets}
    assert len(folders) == 3
    for file in DOCKERFILES:
        made = re.search(r"install -d -m 775 -o 50000 -g 0 (.*)", file.read_text(encoding="utf-8"))
        assert made, file.name
        assert set(made[1].split()) == folders


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_an_image_is_pinned_checked_by_hashes_and_does_not_run_as_root(file: Path):
    text = file.read_text(encoding="utf-8")
    assert all(re.search(r":v?\d", base) for base in re.findall(r"^FROM (\S+)", text, re.M))
    assert "--require-hashes" in text
    assert re.findall(r"^USER (\S+)", text, re.M)[-1] == "50000:0"
