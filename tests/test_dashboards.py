"""Dashboards are whole, and ask only for metrics that the service exports."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.telemetry import Telemetry

FOLDER = Path(__file__).parents[1] / "grafana" / "dashboards"
DASHBOARDS = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
NOT_METRICS = re.compile(r"""\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(?:by|without|on|ignoring)\s*\([^)]*\)""")
KEYWORDS = {"and", "or", "unless", "bool", "offset"}
every_dashboard = pytest.mark.parametrize("name", DASHBOARDS)


def exported() -> set[str]:
    """Every name that an expression may ask for, suffixes included."""
    kinds = {metric.name: metric.type for metric in Telemetry().collect()}
    return {name + suffix for name, kind in kinds.items() for suffix in SUFFIXES[kind]}


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """All panels but rows, those inside of rows included."""
    below = [panel for row in dashboard["panels"] for panel in row.get("panels", [])]
    return [panel for panel in [*dashboard["panels"], *below] if panel["type"] != "row"]


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in panels(dashboard) for target in panel["targets"]]


def metrics_of(expression: str) -> set[str]:
    """Names in a PromQL expression that are neither functions, labels nor keywords."""
    return set(re.findall(r"\b[a-zA-Z_:][\w:]*\b(?!\s*\()", NOT_METRICS.sub(" ", expression))) - KEYWORDS


def test_metrics_are_found_in_an_expression_and_nothing_else_is():
    expression = 'sum by (le) (rate(a_bucket{b!~"c|d"}[$__rate_interval])) / on (e) group(f_total) > 1 or time() - g'
    assert metrics_of(expression) == {"a_bucket", "f_total", "g"}
    assert metrics_of("histogram_quantile(0.5, sum(rate(h_bucket[5m])) by (le))") == {"h_bucket"}


def test_exported_names_carry_the_suffix_that_prometheus_sees():
    names = exported()
    assert {"pauta_ready", "pauta_http_requests_total", "pauta_http_request_duration_seconds_bucket"} <= names
    assert names.isdisjoint({"pauta_http_requests", "pauta_http_request_duration_seconds", "pauta_ready_total"})


def test_there_is_a_dashboard_and_no_two_share_a_uid_or_a_title():
    for key in ("uid", "title"):
        values = [dashboard[key] for dashboard in DASHBOARDS.values()]
        assert values
        assert all(values)
        assert len(set(values)) == len(values)


@every_dashboard
def test_every_panel_asks_only_for_metrics_that_the_service_exports(name: str):
    asked = {metric for expression in expressions(DASHBOARDS[name]) for metric in metrics_of(expression)}
    assert asked
    assert asked - exported() == set()


@every_dashboard
def test_every_panel_has_a_title_and_an_expression(name: str):
    for panel in panels(DASHBOARDS[name]):
        assert panel["title"].strip()
        assert panel["targets"], panel["title"]
        assert all(target["expr"].strip() for target in panel["targets"]), panel["title"]


@every_dashboard
def test_panels_have_ids_of_their_own_and_stand_beside_each_other(name: str):
    ids = [panel["id"] for panel in panels(DASHBOARDS[name])]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert max(x for x, _ in cells) < 24
        assert taken.isdisjoint(cells), panel["title"]
        taken |= cells


@every_dashboard
def test_data_sources_are_the_variable_and_no_fixed_one(name: str):
    dashboard = DASHBOARDS[name]
    assert dashboard["schemaVersion"] >= 36
    assert "datasource" in {variable["name"] for variable in dashboard["templating"]["list"]}
    for panel in panels(dashboard):
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources), panel["title"]
