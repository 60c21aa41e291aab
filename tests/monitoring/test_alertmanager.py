"""The real Alertmanager: a drift alert of the real Prometheus arrives by webhook and e-mail, or is kept and shown."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from app.metrics.reports.drift_metrics import FILE, DriftMetrics
from tests.app.conftest import until
from tests.monitoring.programs import alertmanager, needs_both, prometheus
from tests.monitoring.promql import ALERTS, OF_ALERTMANAGER
from tests.monitoring.receivers import Inbox, mail_server, webhook
from tests.patience import PATIENCE_SECONDS

pytestmark = [pytest.mark.slow, needs_both]
TO = ["desk@news.example", "night@news.example"]


@dataclass
class Outcome:
    """What receivers got, and the ports of the Alertmanagers: with receivers, without, and with one that refuses."""

    posts: Inbox
    mails: Inbox
    sending: int
    keeping: int
    refused: int


@contextmanager
def serving_drift(folder: Path) -> Iterator[int]:
    """The gauges of the API over a use case whose newest data differ largely; yields the port."""
    column = {"column": "ida", "level": "large", "used": True, "index": 0.9, "gap": 0.4, "missing": 0.0}
    figures = {"long_term": {"columns": [column], "new_columns": []}}
    (folder / "students").mkdir()
    content = {"measured_at": "2026-01-01T00:00:00+00:00", "comparisons": figures}
    (folder / "students" / FILE).write_text(json.dumps(content))
    gauges = DriftMetrics(folder)

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(gauges.text())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Metrics) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def metric(port: int, name: str) -> float:
    """The sum of a metric of an Alertmanager."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_SECONDS).text
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))


def kept(port: int) -> list[str]:
    """Names of the alerts that an Alertmanager shows."""
    shown = httpx.get(f"http://127.0.0.1:{port}/api/v2/alerts", timeout=PATIENCE_SECONDS).json()
    return [alert["labels"]["alertname"] for alert in shown]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """A drift alert of our rules, which fires without the five minutes, after all receivers had their turn."""
    root = tmp_path_factory.mktemp("alerting")
    rules = root / "alerts.yml"
    rules.write_text(re.sub(r"^ +for: .*\n", "", ALERTS.read_text(), flags=re.M))
    with ExitStack() as open_until_the_end:
        start = open_until_the_end.enter_context
        posts, mails, refusing = start(webhook()), start(mail_server()), start(webhook(status=400))
        email = {
            "PAUTA_ALERT_EMAIL_TO": ", ".join(TO),
            "PAUTA_ALERT_EMAIL_FROM": "Pauta <pauta@news.example>",
            "PAUTA_ALERT_SMTP": f"127.0.0.1:{mails.port}",
            "PAUTA_ALERT_SMTP_USERNAME": "pauta",
            "PAUTA_ALERT_SMTP_PASSWORD": "it's $ecret",
            "PAUTA_ALERT_SMTP_TLS": "false",
        }
        hook = {"PAUTA_ALERT_WEBHOOK_URL": f"http://127.0.0.1:{posts.port}/hooks/alerts?key=secret"}
        refusing_hook = {"PAUTA_ALERT_WEBHOOK_URL": f"http://127.0.0.1:{refusing.port}/"}
        sending = start(alertmanager(root / "sending", email | hook))
        keeping = start(alertmanager(root / "keeping", {}))
        refused = start(alertmanager(root / "refused", refusing_hook))
        ports = {"api": start(serving_drift(root)), "statsd-exporter": sending, "alertmanager": sending}
        start(prometheus(root, ports, rules=rules, receivers=(sending, keeping, refused)))
        until(lambda: posts.posts and mails.mails and refusing.posts and "DataDrift" in kept(keeping))
        yield Outcome(posts, mails, sending, keeping, refused)


def test_a_drift_alert_arrives_by_webhook(outcome: Outcome):
    until(lambda: "DataDrift" in [post["commonLabels"].get("alertname") for post in outcome.posts.posts])
    post = next(post for post in outcome.posts.posts if post["commonLabels"].get("alertname") == "DataDrift")
    assert post["path"] == "/hooks/alerts?key=secret"
    [alert] = post["alerts"]
    assert (alert["status"], alert["labels"]["use_case"], alert["labels"]["severity"]) == (
        "firing",
        "students",
        "warning",
    )
    assert alert["annotations"]["summary"] == "The newest data of students differ largely from earlier data"
    assert alert["annotations"]["description"].endswith("learned from: 1.")


def test_a_drift_alert_arrives_by_mail_after_a_login_with_the_password(outcome: Outcome):
    until(lambda: [mail for mail in outcome.mails.mails if "DataDrift" in mail["Subject"]])
    index, mail = next(
        (index, mail) for index, mail in enumerate(outcome.mails.mails) if "DataDrift" in mail["Subject"]
    )
    assert outcome.mails.recipients[index] == TO
    assert mail["From"] == "Pauta <pauta@news.example>"
    assert "FIRING" in mail["Subject"]
    body = mail.get_body(("html",))
    assert body
    assert "The newest data of students differ largely from earlier data" in body.get_content()
    assert set(outcome.mails.logins) == {("pauta", "it's $ecret")}


def test_without_a_receiver_an_alert_is_kept_and_shown_and_nothing_fails(outcome: Outcome):
    assert "DataDrift" in kept(outcome.keeping)
    assert metric(outcome.keeping, "alertmanager_notifications_failed_total") == 0


def test_a_receiver_that_refuses_is_counted_for_the_rule_that_reports_it_and_the_alert_is_kept(outcome: Outcome):
    (counted,) = OF_ALERTMANAGER
    until(lambda: metric(outcome.refused, counted) > 0)
    assert "DataDrift" in kept(outcome.refused)
    assert metric(outcome.sending, counted) == 0
