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
LOGIN = {"PAUTA_ALERT_SMTP_USERNAME": "pauta", "PAUTA_ALERT_SMTP_TLS": "false"}
HOOK = 'https://hooks.example/T0/$x?key=a"b'
needs_amtool = pytest.mark.skipif(
    shutil.which("amtool") is None, reason="amtool is not installed: apt-get install prometheus-alertmanager"
)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A folder as the service of secrets writes it where nothing is set."""
    for name in ("webhook_url", "smtp_password"):
        (tmp_path / name).write_text("")
    return tmp_path


@needs_amtool
@pytest.mark.parametrize("settings", [{}, EMAIL, EMAIL | LOGIN], ids=["nothing", "email", "login"])
@pytest.mark.parametrize("hook", ["", HOOK], ids=["no-webhook", "webhook"])
def test_amtool_takes_the_configuration(secrets: Path, settings: dict[str, str], hook: str):
    (secrets / "webhook_url").write_text(hook)
    (secrets / "smtp_password").write_text("it's $ecret")
    file = secrets / "alertmanager.yml"
    start.write(file, start.configuration(settings, secrets))
    done = subprocess.run(["amtool", "check-config", file], capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def test_without_settings_alerts_are_sent_to_nobody(secrets: Path):
    empty = dict.fromkeys([*EMAIL, *LOGIN], "")  # as Compose hands on what is unset
    assert start.configuration(empty, secrets)["receivers"] == [{"name": "people"}]
    assert start.configuration({}, secrets / "missing")["receivers"] == [{"name": "people"}]


def test_an_alert_reaches_every_receiver_that_is_set(secrets: Path):
    (secrets / "webhook_url").write_text(f"{HOOK}\n")
    [receiver] = start.configuration(EMAIL, secrets)["receivers"]
    assert receiver["webhook_configs"] == [{"url": HOOK, "send_resolved": True}]
    [email] = receiver["email_configs"]
    assert (email["to"], email["from"], email["smarthost"]) == tuple(EMAIL.values())
    assert email["require_tls"] is True


def test_the_password_of_the_mail_server_is_named_by_its_file_and_is_not_in_the_configuration(secrets: Path):
    (secrets / "smtp_password").write_text("hidden-word")
    made = start.configuration(EMAIL | LOGIN, secrets)
    [email] = made["receivers"][0]["email_configs"]
    assert (email["auth_username"], email["auth_password_file"]) == ("pauta", str(secrets / "smtp_password"))
    assert email["require_tls"] is False
    assert "hidden-word" not in json.dumps(made)


@pytest.mark.parametrize(
    ("settings", "hook", "named"),
    [
        ({"PAUTA_ALERT_EMAIL_TO": "desk@news.example"}, "", "PAUTA_ALERT_EMAIL_FROM, PAUTA_ALERT_SMTP"),
        ({"PAUTA_ALERT_SMTP_USERNAME": "pauta"}, "", "PAUTA_ALERT_EMAIL_TO"),
        (EMAIL | {"PAUTA_ALERT_EMAIL_TO": "desk@news.example,night"}, "", "PAUTA_ALERT_EMAIL_TO"),
        (EMAIL | {"PAUTA_ALERT_EMAIL_FROM": "pauta"}, "", "PAUTA_ALERT_EMAIL_FROM"),
        (EMAIL | {"PAUTA_ALERT_SMTP": "mail.news.example"}, "", "PAUTA_ALERT_SMTP"),
        (EMAIL | {"PAUTA_ALERT_SMTP_TLS": "no"}, "", "PAUTA_ALERT_SMTP_TLS"),
        (EMAIL | {"PAUTA_ALERT_SMTP_USERNAME": "pauta"}, "", "PAUTA_ALERT_SMTP_PASSWORD"),
        ({}, "hooks.example/T0", "PAUTA_ALERT_WEBHOOK_URL"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_setting_that_cannot_work_is_named(secrets: Path, settings: dict[str, str], hook: str, named: str):
    (secrets / "webhook_url").write_text(hook)
    with pytest.raises(start.SettingError, match=named) as caught:
        start.configuration(settings, secrets)
    assert not hook or hook not in str(caught.value)


def started(folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The script with a program that shows the configuration in place of Alertmanager."""
    places = {"SECRETS_FOLDER": str(folder), "CONFIG_FILE": str(folder / "alertmanager.yml"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, SCRIPT, "sh", "-c", 'cat "${0#--config.file=}"']
    return subprocess.run(command, env=places | settings, capture_output=True, text=True, check=False)


def test_the_script_starts_the_program_with_a_configuration_that_nobody_else_reads(secrets: Path):
    (secrets / "webhook_url").write_text(HOOK)
    done = started(secrets, EMAIL)
    line, _, shown = done.stdout.partition("\n")
    assert line == "Alerts are sent by: webhook, email"
    assert json.loads(shown) == start.configuration(EMAIL, secrets)
    assert stat.S_IMODE((secrets / "alertmanager.yml").stat().st_mode) == 0o600


def test_a_wrong_setting_ends_the_script_with_one_line(secrets: Path):
    done = started(secrets, {"PAUTA_ALERT_SMTP": "mail.news.example:587"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Alertmanager does not start. PAUTA_ALERT_EMAIL_TO")
    assert done.stderr.count("\n") == 1
