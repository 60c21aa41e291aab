"""Writes Alertmanager's configuration from the settings and starts it. Without a receiver it only keeps alerts.

python start.py PROGRAM [FLAGS...]     the flag for the configuration file is added
"""

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("CONFIG_FOLDER", "/tmp"))
PREFIX = "PAUTA_ALERT_"
FOR_EMAIL = ("PAUTA_ALERT_EMAIL_TO", "PAUTA_ALERT_EMAIL_FROM", "PAUTA_ALERT_SMTP")
OPTIONAL_FOR_EMAIL = ("PAUTA_ALERT_SMTP_USERNAME", "PAUTA_ALERT_SMTP_PASSWORD", "PAUTA_ALERT_SMTP_TLS")
ADDRESS = re.compile(r"(.+<)?[^@\s<>]+@[^@\s<>]+>?")


class SettingError(ValueError):
    """A setting that Alertmanager cannot use; the message names it and says what to write."""


def configuration(settings: Mapping[str, str], password_file: Path) -> dict[str, Any]:
    """Alertmanager's configuration.

    Args:
        settings: values of ``PAUTA_ALERT_…`` by name; an empty value counts as unset.
        password_file: where the password of the mail server will be, which the configuration only refers to.

    Raises:
        SettingError: a setting is missing or wrong.
    """
    receiver: dict[str, Any] = {"name": "people"}
    if url := settings.get("PAUTA_ALERT_WEBHOOK_URL"):
        if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
            raise SettingError("PAUTA_ALERT_WEBHOOK_URL: write an address that begins with https:// or http://.")
        receiver["webhook_configs"] = [{"url": url, "send_resolved": True}]
    if given := {name: settings[name] for name in (*FOR_EMAIL, *OPTIONAL_FOR_EMAIL) if settings.get(name)}:
        receiver["email_configs"] = [_email(given, password_file)]
    return {
        "route": {
            "receiver": "people",
            "group_by": ["alertname", "use_case"],
            "group_wait": "10s",  # alerts that begin together are sent together
            "group_interval": "5m",
            "repeat_interval": "1d",  # a warning that continues
            "routes": [{"matchers": ['severity="critical"'], "repeat_interval": "4h"}],
        },
        "receivers": [receiver],
    }


def _email(given: Mapping[str, str], password_file: Path) -> dict[str, Any]:
    if missing := [name for name in FOR_EMAIL if name not in given]:
        raise SettingError(f"{', '.join(missing)}: e-mail needs {', '.join(FOR_EMAIL)}. Set all of them, or none.")
    to, sender, server = (given[name] for name in FOR_EMAIL)
    for name, address in [
        ("PAUTA_ALERT_EMAIL_FROM", sender),
        *(("PAUTA_ALERT_EMAIL_TO", one) for one in to.split(",")),
    ]:
        if not ADDRESS.fullmatch(address.strip()):
            raise SettingError(f"{name}: write an e-mail address, such as desk@news.example.")
    if not re.fullmatch(r"[^\s:/]+:\d{1,5}", server):
        raise SettingError(
            "PAUTA_ALERT_SMTP: write the name and the port of the mail server, such as mail.news.example:587."
        )
    encrypted = given.get("PAUTA_ALERT_SMTP_TLS", "true")
    if encrypted not in ("true", "false"):
        raise SettingError("PAUTA_ALERT_SMTP_TLS: write true or false.")
    email = {"to": to, "from": sender, "smarthost": server, "require_tls": encrypted == "true", "send_resolved": True}
    if user := given.get("PAUTA_ALERT_SMTP_USERNAME"):
        if "PAUTA_ALERT_SMTP_PASSWORD" not in given:
            raise SettingError(
                "PAUTA_ALERT_SMTP_PASSWORD: PAUTA_ALERT_SMTP_USERNAME needs the password of the mail server."
            )
        email |= {"auth_username": user, "auth_password_file": str(password_file)}
    return email


def write(file: Path, content: str) -> None:
    """Replace the file; only its owner can read it."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(content)


def main(arguments: list[str]) -> None:
    """Start the program of the arguments in place of this one, or end with a message about a wrong setting.

    The program's own environment holds no setting, so that no secret is in it.
    """
    file, password_file = FOLDER / "alertmanager.yml", FOLDER / "smtp_password"
    try:
        content = configuration(os.environ, password_file)
    except SettingError as error:
        sys.exit(f"Alertmanager does not start. {error}")
    receivers = [kind.removesuffix("_configs") for kind in content["receivers"][0] if kind != "name"]
    print(f"Alerts are sent by: {', '.join(receivers) or 'nothing; they are only kept and shown'}", flush=True)
    write(file, json.dumps(content, indent=2))  # JSON is YAML, too
    write(password_file, os.environ.get("PAUTA_ALERT_SMTP_PASSWORD", ""))
    rest = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    os.execvpe(arguments[0], [*arguments, f"--config.file={file}"], rest)


if __name__ == "__main__":
    main(sys.argv[1:])
