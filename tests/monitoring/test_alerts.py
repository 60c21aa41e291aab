"""The alert rules are what promtool takes, each is seen to fire, and each says where to read what to do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.app.exported import exported_metrics
from tests.monitoring.airflow import names
from tests.monitoring.promql import ALERTS, OF_ALERTMANAGER, OF_PROMETHEUS, ROOT, SUFFIXES, alerts, metrics_of

pytestmark = pytest.mark.slow

FOLDER = ALERTS.parent
TESTS = yaml.safe_load((FOLDER / "alerts.test.yml").read_text())["tests"]
every_alert = pytest.mark.parametrize("name", alerts())
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed: apt-get install prometheus"
)


def promtool(*arguments: str) -> str:
    done = subprocess.run(["promtool", *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_promtool_takes_the_configuration_and_the_rules():
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml")
    assert f"{len(alerts())} rules found" in promtool("check", "rules", "alerts.yml")


@needs_promtool
def test_every_alert_fires_when_it_should_and_no_other_does():
    promtool("test", "rules", "alerts.test.yml")


def fires_in_a_test() -> set[str]:
    expected = [
        sample["labels"] for test in TESTS for asked in test["promql_expr_test"] for sample in asked["exp_samples"]
    ]
    return set(re.findall(r'alertname="(\w+)"', " ".join(expected)))


def test_every_alert_is_seen_to_fire_in_a_test_and_all_stay_silent_in_another():
    assert fires_in_a_test() == set(alerts())
    assert [asked["exp_samples"] for asked in TESTS[0]["promql_expr_test"]] == [[]]


@every_alert
def test_an_alert_says_what_is_wrong_and_leads_to_a_section_of_the_runbook(name: str):
    rule = alerts()[name]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith(".")
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert anchor == name.lower()
    assert f"### {name}\n" in (ROOT / page).read_text()


def test_the_runbook_names_no_alert_that_does_not_exist():
    page = (ROOT / "docs" / "operations.md").read_text()
    sections = page[page.index("## Alerts") :].split("\n## ")[1 - 1]
    assert set(re.findall(r"^### (\w+)$", sections, re.M)) == set(alerts())


@every_alert
def test_an_alert_asks_only_for_what_is_exported(name: str):
    ours = {metric.name + end for metric in exported_metrics() for end in SUFFIXES[metric.type]}
    asked = metrics_of(alerts()[name]["expr"])
    assert asked
    assert asked - ours - names() - OF_PROMETHEUS - OF_ALERTMANAGER == set()


def test_the_configuration_lies_where_the_rules_are():
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    assert [Path(name).name for name in config["rule_files"]] == ["alerts.yml"]
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert set(jobs) == {"prometheus", "api", "statsd-exporter", "alertmanager"}
    assert config["alerting"]["alertmanagers"] == [{"static_configs": jobs["alertmanager"]["static_configs"]}]
