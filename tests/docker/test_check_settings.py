"""`make up` looks at settings and ports before it starts anything."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPOSE = """#!/bin/sh
[ "$1" = ps ] && exit 0
cat <<TEXT
name: pauta
services:
  grafana:
    ports:
      - mode: ingress
        host_ip: 127.0.0.1
        target: 3000
        published: "PORT"
        protocol: tcp
networks:
  people: {}
TEXT
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "docker").mkdir()
    shutil.copy(ROOT / "docker" / "check_settings.sh", tmp_path / "docker")
    shutil.copy(ROOT / ".env.example", tmp_path)
    return tmp_path


def run(checkout: Path, port: int = 1) -> tuple[int, str]:
    """Exit code and words of the check, with an engine that publishes Grafana at the port."""
    engine = checkout / "bin" / "docker"
    engine.write_text(COMPOSE.replace("PORT", str(port)))
    engine.chmod(0o755)
    environment = {"PATH": f"{checkout / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [checkout / "docker" / "check_settings.sh"], cwd=checkout, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stderr


def test_nothing_is_said_where_all_is_well(checkout: Path):
    (checkout / ".env").write_text("PAUTA_PORT=\"18001\"  # ours\nPAUTA_ADMIN_TOKEN='a$b'\nOTHER=1\n")
    assert run(checkout) == (0, "")


def test_a_setting_that_nothing_reads_is_named(checkout: Path):
    (checkout / ".env").write_text("PAUTA_PROT=18001\n")
    code, said = run(checkout)
    assert (code, "PAUTA_PROT" in said) == (1, True)


@pytest.mark.parametrize("value", ["a$b", '"a$b"'])
def test_a_password_that_compose_would_cut_is_named(checkout: Path, value: str):
    (checkout / ".env").write_text(f"PAUTA_GRAFANA_PASSWORD={value}\n")
    code, said = run(checkout)
    assert (code, "PAUTA_GRAFANA_PASSWORD" in said) == (1, True)
    assert "a$b" not in said


def test_a_params_file_in_the_wrong_place_is_named(checkout: Path):
    (checkout / "settings.env").write_text("PAUTA_PARAMS_FILE=/srv/news.toml\n")
    code, said = run(checkout)
    assert (code, "belongs in .env" in said) == (1, True)


def test_a_taken_port_is_named_with_its_setting(checkout: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, said = run(checkout, other.getsockname()[1])
    assert (code, "PAUTA_GRAFANA_PORT" in said) == (1, True)
