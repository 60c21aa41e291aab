"""Alertmanager's configuration is made of the settings, is what amtool takes, and refuses settings that cannot work."""

import json
import runpy
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).parents[2] / "docker" / "alertmanager" / "start.py"
start = SimpleNamespace(**runpy.run_path(str(SCRIPT)))
EMAIL = {
    "PAUTA_ALERT_EMAIL_TO": "desk@news.example, Night desk <night@news.example>",
    "PAUTA_ALERT_EMAIL_FROM": "pauta@news.example",
    "PAUTA_ALERT_SMTP": "mail.news.example:587",
}
LOGIN = {
    "PAUTA_ALERT_SMTP_USERNAME": "pauta",
    "PAUTA_ALERT_SMTP_PASSWORD": "it's $ecret",
    "PAUTA_ALERT_SMTP_TLS": "false",
}
HOOK = {"PAUTA_ALERT_WEBHOOK_URL": 'https://hooks.example/T0/$x?key=a"b'}
PASSWORD_FILE = Path("/run/password")
needs_amtool = pytest.mark.skipif(
    shutil.which("amtool") is None, reason="amtool is not installed: apt-get install prometheus-alertmanager"
)


@needs_amtool
@pytest.mark.parametrize("settings", [{}, EMAIL, EMAIL | LOGIN], ids=["nothing", "email", "login"])
@pytest.mark.parametrize("hook", [{}, HOOK], ids=["no-webhook", "webhook"])
def test_amtool_takes_the_configuration(tmp_path: Path, settings: dict[str, str], hook: dict[str, str]):
    file = tmp_path / "alertmanager.yml"
    file.write_text(json.dumps(start.configuration(settings | hook, PASSWORD_FILE)))
    done = subprocess.run(["amtool", "check-config", file], capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def test_without_settings_alerts_are_sent_to_nobody():
    empty = dict.fromkeys([*EMAIL, *LOGIN, *HOOK], "")  # as Compose hands on what is unset
    assert start.configuration(empty, PASSWORD_FILE)["receivers"] == [{"name": "people"}]
    assert start.configuration({}, PASSWORD_FILE)["receivers"] == [{"name": "people"}]


def test_an_alert_reaches_every_receiver_that_is_set():
    [receiver] = start.configuration(EMAIL | HOOK, PASSWORD_FILE)["receivers"]
    assert receiver["webhook_configs"] == [{"url": HOOK["PAUTA_ALERT_WEBHOOK_URL"], "send_resolved": True}]
    [email] = receiver["email_configs"]
    assert (email["to"], email["from"], email["smarthost"]) == tuple(EMAIL.values())
    assert email["require_tls"] is True


def test_the_password_of_the_mail_server_is_named_by_its_file_and_is_not_in_the_configuration():
    made = start.configuration(EMAIL | LOGIN, PASSWORD_FILE)
    [email] = made["receivers"][0]["email_configs"]
    assert (email["auth_username"], email["auth_password_file"]) == ("pauta", str(PASSWORD_FILE))
    assert email["require_tls"] is False
    assert LOGIN["PAUTA_ALERT_SMTP_PASSWORD"] not in json.dumps(made)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PAUTA_ALERT_EMAIL_TO": "desk@news.example"}, "PAUTA_ALERT_EMAIL_FROM, PAUTA_ALERT_SMTP"),
        ({"PAUTA_ALERT_SMTP_USERNAME": "pauta"}, "PAUTA_ALERT_EMAIL_TO"),
        (EMAIL | {"PAUTA_ALERT_EMAIL_TO": "desk@news.example,night"}, "PAUTA_ALERT_EMAIL_TO"),
        (EMAIL | {"PAUTA_ALERT_EMAIL_FROM": "pauta"}, "PAUTA_ALERT_EMAIL_FROM"),
        (EMAIL | {"PAUTA_ALERT_SMTP": "mail.news.example"}, "PAUTA_ALERT_SMTP"),
        (EMAIL | {"PAUTA_ALERT_SMTP_TLS": "no"}, "PAUTA_ALERT_SMTP_TLS"),
        (EMAIL | {"PAUTA_ALERT_SMTP_USERNAME": "pauta"}, "PAUTA_ALERT_SMTP_PASSWORD"),
        ({"PAUTA_ALERT_WEBHOOK_URL": "hooks.example/T0"}, "PAUTA_ALERT_WEBHOOK_URL"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_setting_that_cannot_work_is_named(settings: dict[str, str], named: str):
    with pytest.raises(start.SettingError, match=named) as caught:
        start.configuration(settings, PASSWORD_FILE)
    assert "hooks.example" not in str(caught.value)


def started(folder: Path, settings: dict[str, str], program: str) -> subprocess.CompletedProcess[str]:
    """The script with a shell program in place of Alertmanager."""
    environment = {"CONFIG_FOLDER": str(folder), "PATH": "/usr/bin:/bin", **settings}
    command = [sys.executable, SCRIPT, "sh", "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_script_starts_the_program_with_files_that_nobody_else_reads(tmp_path: Path):
    settings = EMAIL | LOGIN | HOOK
    done = started(tmp_path, settings, 'cat "${0#--config.file=}"')
    line, _, shown = done.stdout.partition("\n")
    assert line == "Alerts are sent by: webhook, email"
    assert json.loads(shown) == start.configuration(settings, tmp_path / "smtp_password")
    assert (tmp_path / "smtp_password").read_text() == LOGIN["PAUTA_ALERT_SMTP_PASSWORD"]
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {
        "alertmanager.yml": 0o600,
        "smtp_password": 0o600,
    }


def test_the_environment_of_the_program_holds_no_setting(tmp_path: Path):
    shown = started(tmp_path, EMAIL | LOGIN | HOOK, "env").stdout
    assert "PATH=" in shown
    assert "PAUTA_ALERT" not in shown


def test_a_wrong_setting_ends_the_script_with_one_line(tmp_path: Path):
    done = started(tmp_path, {"PAUTA_ALERT_SMTP": "mail.news.example:587"}, "true")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Alertmanager does not start. PAUTA_ALERT_EMAIL_TO")
    assert done.stderr.count("\n") == 1
