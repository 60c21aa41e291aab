"""Step: an alert is kept without a receiver, and reaches a webhook and a mail server that the settings name."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.stack.engine import ROOT, Stack, need, wait_for
from tests.stack.web import ask, proxy_login

INSIDE = "http://alertmanager-inside:9093"
SHOW = """
import time
with webhook(address=("", 8000)) as hook, mail_server(address=("", 2525)) as mails:
    while True:
        time.sleep(0.5)
        names = [post["commonLabels"].get("alertname") for post in hook.posts]
        subjects = [mail["Subject"] for mail in mails.mails]
        print(json.dumps({"posts": names, "subjects": subjects, "logins": mails.logins}), flush=True)
"""


def alerts(stack: Stack) -> str:
    """Prometheus knows Alertmanager; an alert is kept without a receiver, then sent to both kinds of receivers."""
    found = ask(f"{stack.url('PAUTA_PROMETHEUS_PORT')}/api/v1/alertmanagers", headers=proxy_login(stack))
    active = [each["url"] for each in found["data"]["activeAlertmanagers"]]
    need(active == [f"{INSIDE}/api/v2/alerts"], f"Prometheus sends alerts to {active}")
    run = uuid.uuid4().hex[:8]  # Alertmanager remembers over restarts what it has sent
    kept, sent, hooked = f"Kept-{run}", f"Sent-{run}", f"Hooked-{run}"
    _fire(stack, kept)
    wait_for("the alert is shown", lambda: kept in _shown(stack), 30)
    others = _others(stack)
    with _receivers(stack) as name:
        stack.settings = {
            "PAUTA_ALERT_WEBHOOK_URL": f"http://{name}:8000/hook",
            "PAUTA_ALERT_EMAIL_TO": "desk@news.example",
            "PAUTA_ALERT_EMAIL_FROM": "pauta@news.example",
            "PAUTA_ALERT_SMTP": f"{name}:2525",
            "PAUTA_ALERT_SMTP_TLS": "false",
        }
        stack.up()
        _fire(stack, sent)
        started = time.monotonic()
        got = wait_for("both receivers have the alert", lambda: _both(_got(stack, name), sent), 120)
        seconds = time.monotonic() - started
        stack.settings = {"PAUTA_ALERT_WEBHOOK_URL": f"http://{name}:8000/hook"}
        stack.up()
        _fire(stack, hooked)
        wait_for("the webhook has the alert", lambda: hooked in _got(stack, name)["posts"], 120)
        mails = [subject for subject in _got(stack, name)["subjects"] if hooked in subject]
        need(not mails, f"a receiver that was removed got {mails}")
        need(_others(stack) == others, "receivers of alerts replaced other containers")
        stack.settings = {}
        stack.up()
    return f"kept and shown without a receiver; webhook and mail ({got['subjects'][-1]}) after {seconds:.0f} s"


def _fire(stack: Stack, name: str) -> None:
    """Send Alertmanager an alert, as Prometheus does."""
    add = ("alert", "add", name, "severity=critical", "--annotation=summary=Only a test")
    stack.compose("exec", "-T", "alertmanager", "amtool", f"--alertmanager.url={INSIDE}", *add)


def _others(stack: Stack) -> dict[str, str]:
    """The ids of all other containers, by name."""
    return {each["Name"]: each["ID"] for each in stack.containers() if each["Service"] != "alertmanager"}


def _shown(stack: Stack) -> list[str]:
    """Names of the alerts that Alertmanager shows to a person with a login."""
    url = f"{stack.url('PAUTA_ALERTMANAGER_PORT')}/api/v2/alerts"
    return [alert["labels"]["alertname"] for alert in ask(url, headers=proxy_login(stack))]


def _both(got: dict[str, Any], name: str) -> dict[str, Any] | None:
    return got if name in got["posts"] and any(name in subject for subject in got["subjects"]) else None


def _got(stack: Stack, container: str) -> dict[str, Any]:
    """What the receivers got so far."""
    got: dict[str, Any] = json.loads(stack.run("docker", "logs", "--tail", "1", container))
    return got


@contextmanager
def _receivers(stack: Stack) -> Iterator[str]:
    """A container with a webhook and a mail server on the network by which Alertmanager sends; yields its name."""
    name = f"{stack.project}-receivers"
    code = (ROOT / "tests" / "monitoring" / "receivers.py").read_text(encoding="utf-8") + SHOW
    place = ("--detach", "--name", name, "--network", f"{stack.project}_people", "--entrypoint", "python")
    stack.run("docker", "rm", "--force", name, check=False)
    stack.run("docker", "run", *place, "pauta-secrets:0.1.0", "-c", code)
    try:
        wait_for("the receivers listen", lambda: _got(stack, name), 30)
        yield name
    finally:
        stack.run("docker", "rm", "--force", name)
