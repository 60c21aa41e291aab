"""Secrets are made once, kept, and handed out by service."""

import base64
import hashlib
import json
import runpy
import secrets
import stat
import subprocess
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace

import pytest

from script_shared.environments import passwords

SCRIPT = Path(__file__).parents[2] / "docker" / "make_secrets.py"
SERVICES = ("all", "api", "mlflow", "postgres", "proxy", "grafana", "redis")
SERVICES += ("airflow", "airflow-api-server", "airflow-scheduler")
made = SimpleNamespace(**runpy.run_path(str(SCRIPT)))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for service in SERVICES:
        (tmp_path / service).mkdir()
    return tmp_path


def kept(root: Path) -> dict[str, str]:
    return json.loads((root / "all" / "secrets.json").read_text())


def environment(root: Path, service: str) -> dict[str, str]:
    """What a shell makes of a service's file."""
    script = f"set -a; . {root / service / 'env'}; env -0"
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def test_a_second_start_keeps_everything(root: Path):
    made.main(root, [], {})
    first = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    made.main(root, [], {})
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == first
    assert len(set(kept(root).values())) == len(kept(root))


def test_no_program_takes_a_secret_for_a_flag(monkeypatch: pytest.MonkeyPatch):
    found = cycle(["-looks-like-a-flag", "plain"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(found))
    fresh = made.fresh()
    assert {fresh[name] for name in fresh if name != "fernet_key"} == {"plain"}


def test_a_command_sees_the_secrets_and_what_its_environment_says_already_goes_first(root: Path):
    made.main(root, [], {})
    given = {"PATH": "/usr/bin:/bin", "SECRETS_FILE": str(root / "api" / "env"), "PAUTA_EVENTS_URI": "it's mine"}
    script = SCRIPT.with_name("with-secrets.sh")
    done = subprocess.run([script, "env", "-0"], capture_output=True, text=True, check=True, env=given)
    seen = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    assert seen["PAUTA_EVENTS_URI"] == "it's mine"
    assert seen["PAUTA_ADMIN_TOKEN"] == kept(root)["admin_token"]


def test_only_its_owner_reads_all_of_them_and_a_service_reads_its_own(root: Path):
    made.main(root, [], {})
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*") if path.is_file()}
    assert modes.pop("secrets.json") == 0o600
    assert modes == dict.fromkeys(("env", "passwords.json", "password", "htpasswd"), 0o444)


def test_a_service_gets_what_it_needs_and_no_more(root: Path):
    made.main(root, [], {})
    api, database = environment(root, "api"), environment(root, "postgres")
    assert database["PAUTA_DB_PASSWORD"] in api["PAUTA_EVENTS_URI"]
    assert not any(
        kept(root)[name] in json.dumps(api) for name in ("airflow_admin_password", "jwt_secret", "fernet_key")
    )
    passwords = json.loads((root / "airflow-api-server" / "passwords.json").read_text())
    assert passwords["pauta"] == api["PAUTA_AIRFLOW_PASSWORD"]
    airflow = environment(root, "airflow")
    assert (root / "redis" / "password").read_text().strip() in airflow["AIRFLOW__CELERY__BROKER_URL"]


def test_only_the_api_server_reads_airflows_passwords_and_only_who_signs_or_checks_tokens_the_key(root: Path):
    (root / "airflow" / "passwords.json").write_text("{}")  # left by an earlier version
    made.main(root, [], {})
    secret = kept(root)
    for service in set(SERVICES) - {"all", "airflow-api-server"}:
        content = "".join(file.read_text() for file in (root / service).iterdir())
        assert secret["airflow_admin_password"] not in content, service
        assert (secret["jwt_secret"] in content) == (service == "airflow-scheduler"), service
    assert "AIRFLOW__API_AUTH__JWT_SECRET" in environment(root, "airflow-api-server")


def test_nginx_checks_the_login_before_prometheus_and_mlflow(root: Path):
    made.main(root, [], {"PAUTA_PROXY_PASSWORD": "a $password"})
    user, _, stored = (root / "proxy" / "htpasswd").read_text().strip().partition(":")
    raw = base64.b64decode(stored.removeprefix("{SSHA}"))
    assert (user, hashlib.sha1(b"a $password" + raw[20:]).digest()) == ("admin", raw[:20])


def test_what_a_person_chooses_is_taken_as_it_is(root: Path):
    token = 'it\'s $HOME `id` "quoted"'
    made.main(root, [], {"PAUTA_ADMIN_TOKEN": token})
    assert environment(root, "api")["PAUTA_ADMIN_TOKEN"] == token
    made.main(root, [], {"PAUTA_ADMIN_TOKEN": ""})
    assert environment(root, "api")["PAUTA_ADMIN_TOKEN"] == token


READERS = {  # who sees the value of each secret; what is salted or part of a file of logins counts by what is shown
    "admin_token": {"api"},
    "airflow_admin_password": {"airflow-api-server"},
    "airflow_service_password": {"api", "airflow-api-server"},
    "airflow_db_password": {"airflow", "airflow-scheduler", "airflow-api-server", "postgres"},
    "events_db_password": {"api", "airflow", "airflow-scheduler", "airflow-api-server", "postgres"},
    "fernet_key": {"airflow", "airflow-scheduler", "airflow-api-server"},
    "grafana_password": {"grafana"},
    "jwt_secret": {"airflow-scheduler", "airflow-api-server"},
    "mlflow_db_password": {"mlflow", "postgres"},
    "postgres_password": {"postgres"},
    "proxy_password": set(),  # the proxy has a salted hash
    "redis_password": {"airflow", "airflow-scheduler", "airflow-api-server", "redis"},
    "api_secret": {"airflow-api-server"},
}


def test_each_secret_is_readable_by_those_services_that_use_it_and_by_no_other(root: Path):
    made.main(root, [], {})
    found = {
        name: {service for service in SERVICES[1:] for file in (root / service).iterdir() if value in file.read_text()}
        for name, value in kept(root).items()
    }
    assert found == READERS


def test_renewing_changes_what_was_named_and_nothing_else(root: Path):
    made.main(root, [], {})
    before = kept(root)
    assert made.main(root, ["renew", "jwt_secret"], {}) == 0
    assert {name for name, value in kept(root).items() if value != before[name]} == {"jwt_secret"}
    assert made.main(root, ["renew", "nothing"], {}) == 2


def test_one_is_shown_by_its_name(root: Path, capsys: pytest.CaptureFixture[str]):
    made.main(root, [], {})
    capsys.readouterr()
    made.main(root, ["show", "admin_token"], {})
    assert capsys.readouterr().out.strip() == kept(root)["admin_token"]


def test_production_refuses_default_passwords_that_a_person_chose_and_names_them(root: Path, capsys):
    given = {"PAUTA_ENV": "prod", "PAUTA_GRAFANA_PASSWORD": "admin", "PAUTA_PROXY_PASSWORD": "Yb2Qf-vW0rT9xKzEo1"}
    assert made.main(root, [], given) == 2
    words = capsys.readouterr().out
    assert "PAUTA_GRAFANA_PASSWORD" in words
    assert "PAUTA_PROXY_PASSWORD" not in words
    assert not list(root.rglob("env"))
    assert made.main(root, [], given | {"PAUTA_GRAFANA_PASSWORD": "Xw7-pQz2Lk"}) == 0


def test_default_passwords_are_the_same_here_and_in_the_settings():
    assert made.DEFAULT == passwords.DEFAULT
