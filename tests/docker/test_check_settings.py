"""`make up` looks at settings and ports before it starts anything."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_THE_EXAMPLE = re.findall(r"^#(PAUTA_\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M)
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
    shutil.copytree(ROOT / "docker" / "environments", tmp_path / "docker" / "environments")
    (tmp_path / "docs").mkdir()
    for name in (".env.example", "docker-compose.yml", "docs/configuration.md"):
        shutil.copy(ROOT / name, tmp_path / name)
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


def test_an_environment_that_does_not_exist_is_refused_with_those_that_do(checkout: Path):
    (checkout / ".env").write_text("PAUTA_ENV=live\n")
    code, words = run(checkout)
    assert code == 1
    assert "no environment 'live'. There are: dev prod staging." in words


def test_prod_needs_a_key_of_events_and_data_of_its_own(checkout: Path):
    (checkout / ".env").write_text("PAUTA_ENV=prod\n")
    code, words = run(checkout)
    assert code == 1
    assert "PAUTA_EVENTS_KEY is not set" in words
    assert "PAUTA_SOURCE is not set" in words
    (checkout / ".env").write_text("PAUTA_ENV=prod\nPAUTA_SOURCE=files\n")
    (checkout / "settings.env").write_text("PAUTA_EVENTS_KEY=Yb2Qf-vW0rT9xKzEo1\n")
    assert run(checkout) == (0, "")


def test_a_setting_that_nothing_reads_is_named(checkout: Path):
    (checkout / ".env").write_text("PAUTA_PROT=18001\n")
    code, said = run(checkout)
    assert (code, "PAUTA_PROT" in said) == (1, True)


@pytest.mark.parametrize("file", [".env", "settings.env"])
def test_a_setting_that_nothing_reads_is_named_however_it_is_written(checkout: Path, file: str):
    (checkout / file).write_text(" export  PAUTA_EVENTS_KYE = 1\n")
    code, said = run(checkout)
    assert (code, f"{file}: PAUTA_EVENTS_KYE" in said) == (1, True)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (".env", "PAUTA_GRAFANA_PASSWORD"),
        (".env", "export PAUTA_ADMIN_TOKEN"),
        (".env", "PAUTA_ALERT_WEBHOOK_URL"),
        ("settings.env", "PAUTA_EVENTS_KEY"),
        ("settings.env", "AWS_SECRET_ACCESS_KEY"),
        ("settings.env", "export PAUTA_EVENTS_URI"),
    ],
)
@pytest.mark.parametrize("value", ["a$b", '"a$b"', '"it\'s a$b"', "$b"])
def test_a_secret_that_compose_would_cut_is_named(checkout: Path, file: str, name: str, value: str):
    (checkout / file).write_text(f"{name}={value}\n")
    code, said = run(checkout)
    assert (code, f"{file}: the value of {name.removeprefix('export ')}" in said) == (1, True)
    assert "$b" not in said


ALERTS_BY_MAIL = {
    "PAUTA_ALERT_EMAIL_TO": "desk@news.example,night@news.example",
    "PAUTA_ALERT_EMAIL_FROM": '"Pauta <pauta@news.example>"',
    "PAUTA_ALERT_SMTP": "mail.news.example:587",
    "PAUTA_ALERT_SMTP_USERNAME": "pauta",
    "PAUTA_ALERT_SMTP_PASSWORD": "'a$b'",
    "PAUTA_ALERT_SMTP_TLS": "true",
    "PAUTA_ALERT_WEBHOOK_URL": "'https://hooks.example/$T0?key=x'",
}


def write_env(checkout: Path, settings: dict[str, str]) -> None:
    (checkout / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))


def test_receivers_of_alerts_pass(checkout: Path):
    write_env(checkout, ALERTS_BY_MAIL)
    assert run(checkout) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAUTA_ALERT_EMAIL_TO", "desk"),
        ("PAUTA_ALERT_EMAIL_TO", ""),
        ("PAUTA_ALERT_EMAIL_FROM", "pauta"),
        ("PAUTA_ALERT_EMAIL_FROM", ""),
        ("PAUTA_ALERT_SMTP", "mail.news.example"),
        ("PAUTA_ALERT_SMTP", ""),
        ("PAUTA_ALERT_SMTP_PASSWORD", ""),
        ("PAUTA_ALERT_SMTP_TLS", "no"),
        ("PAUTA_ALERT_WEBHOOK_URL", "hooks.example/secret"),
    ],
)
def test_a_receiver_of_alerts_that_cannot_work_is_named(checkout: Path, name: str, value: str):
    write_env(checkout, ALERTS_BY_MAIL | {name: value})
    code, said = run(checkout)
    assert (code, f"make up: {name}" in said) == (1, True)
    assert "hooks.example" not in said


def test_settings_that_reach_the_containers_pass(checkout: Path):
    lines = [
        "PAUTA_EVENTS_KEY='sixteen$characters'",
        "PAUTA_SERVED_SHARE=0.1  # costs 5 $",
        "AWS_REGION=eu",
        "# PAUTA_NO=1",
    ]
    (checkout / "settings.env").write_text("\n".join([*lines, "PAUTA_NEWS_SCHEDULE=@daily"]) + "\n")
    assert run(checkout) == (0, "")


@pytest.mark.parametrize("name", sorted(OF_THE_EXAMPLE))
def test_a_setting_of_the_example_is_refused_beside_it(checkout: Path, name: str):
    (checkout / "settings.env").write_text(f"{name}=1\n")
    code, said = run(checkout)
    assert (code, f"{name} belongs in .env" in said) == (1, True)


@pytest.mark.parametrize("name", ["PAUTA_AIRFLOW_URL", "PAUTA_MLFLOW_URI", "PAUTA_CACHE_DIR"])
def test_a_setting_that_the_compose_file_overrides_is_named(checkout: Path, name: str):
    (checkout / "settings.env").write_text(f"{name}=1\n")
    code, said = run(checkout)
    assert (code, f"{name} is set by docker-compose.yml" in said) == (1, True)


def test_each_setting_is_listed_once_in_the_example():
    assert len(OF_THE_EXAMPLE) == len(set(OF_THE_EXAMPLE))


def test_a_taken_port_is_named_with_its_setting(checkout: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, said = run(checkout, other.getsockname()[1])
    assert (code, "PAUTA_GRAFANA_PORT" in said) == (1, True)
