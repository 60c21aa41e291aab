"""Dashboards are what the builder makes, are whole, and ask only for metrics that are exported."""

import json
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.builder.__main__ import dashboards, text
from grafana.builder.boards import BY_NAME, DECISIONS, RELEASES
from tests.app.exported import exported_metrics
from tests.monitoring.airflow import names
from tests.monitoring.promql import OF_PROMETHEUS, SUFFIXES, labels_of, metrics_of

FOLDER = Path(__file__).parents[1] / "grafana" / "dashboards"
DASHBOARDS = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
OF_PROCESSES = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
every_dashboard = pytest.mark.parametrize("name", DASHBOARDS)


def exported() -> set[str]:
    """Every name that an expression may ask for, suffixes included."""
    kinds = {metric.name: metric.type for metric in exported_metrics()}
    ours = {name + suffix for name, kind in kinds.items() for suffix in SUFFIXES[kind]}
    return ours | names() | OF_PROMETHEUS | OF_PROCESSES


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """All panels but rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in panels(dashboard) for target in panel["targets"]]


def test_metrics_are_found_in_an_expression_and_nothing_else_is():
    expression = 'sum by (le) (rate(a_bucket{b!~"c|d"}[$__rate_interval])) / on (e) group(f_total) > 1 or time() - g'
    assert metrics_of(expression) == {"a_bucket", "f_total", "g"}
    assert labels_of(expression) == {"le", "b", "e"}
    assert metrics_of("histogram_quantile(0.5, sum(rate(h_bucket[5m])) by (le)) unless i offset 1h") == {
        "h_bucket",
        "i",
    }


def test_exported_names_carry_the_suffix_that_prometheus_sees():
    known = exported()
    assert {"pauta_ready", "pauta_http_requests_total", "pauta_http_request_duration_seconds_bucket"} <= known
    assert known.isdisjoint({"pauta_http_requests", "pauta_http_request_duration_seconds", "pauta_ready_total"})
    assert {"airflow_ti_finish_total", "airflow_dagrun_duration_failed_seconds_count"} <= known


def test_the_four_dashboards_are_those_that_the_builder_makes():
    made = {name: text(dashboard) for name, dashboard in dashboards().items()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert set(made) == {"service.json", "recommendations.json", "models.json", "pipelines.json"}
    for name in made:
        assert committed[name] == made[name], f"{name} is not what the builder makes: make dashboards"
    assert set(committed) == set(made)


@every_dashboard
def test_a_dashboard_is_read_by_grafanas_schema_without_loss(name: str):
    plain = json.loads(json.dumps(DASHBOARDS[name]))
    for annotation in plain["annotations"]["list"]:
        fields = {name: annotation.pop(name) for name in BY_NAME[annotation["name"]]}
        assert fields["titleFormat"]  # of the data source's own; the schema has no field for it
    assert json.loads(json.dumps(Dashboard.from_json(plain), cls=JSONEncoder)) == plain


def test_dashboards_have_names_of_their_own():
    for key in ("uid", "title"):
        assert len({dashboard[key] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS) == 4
    assert {board["title"] for board in DASHBOARDS.values()} == {"Service", "Recommendations", "Models", "Pipelines"}


@every_dashboard
def test_every_panel_asks_only_for_metrics_that_are_exported(name: str):
    asked = {metric for expression in expressions(DASHBOARDS[name]) for metric in metrics_of(expression)}
    assert asked
    assert asked - exported() == set()


@every_dashboard
def test_every_panel_says_what_it_shows_in_which_unit(name: str):
    for panel in panels(DASHBOARDS[name]):
        assert panel["title"].strip()
        assert panel["description"].strip().endswith("."), panel["title"]
        assert all(target["expr"].strip() for target in panel["targets"]), panel["title"]
        if panel["type"] not in ("table", "state-timeline"):
            assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


@every_dashboard
def test_lines_are_told_apart_by_what_they_are_grouped_by(name: str):
    for panel in panels(DASHBOARDS[name]):
        if panel["type"] in ("timeseries", "bargauge", "state-timeline"):
            for target in panel["targets"]:
                assert target["legendFormat"] or len(panel["targets"]) == 1, panel["title"]
                grouped = {label for label in labels_of(target["expr"]) if f"by ({label})" in target["expr"]} - {"le"}
                assert all(f"{{{{{label}}}}}" in target["legendFormat"] for label in grouped), panel["title"]


@every_dashboard
def test_panels_have_ids_of_their_own_and_stand_beside_each_other(name: str):
    ids = [panel["id"] for panel in DASHBOARDS[name]["panels"]]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert max(x for x, _ in cells) < 24
        assert taken.isdisjoint(cells), panel["title"]
        taken |= cells


@every_dashboard
def test_rows_are_full(name: str):
    for y in {panel["gridPos"]["y"] for panel in DASHBOARDS[name]["panels"]}:
        row = [panel["gridPos"] for panel in DASHBOARDS[name]["panels"] if panel["gridPos"]["y"] == y]
        assert sum(place["w"] for place in row) == 24, row
        assert len({place["h"] for place in row}) == 1, row


@every_dashboard
def test_data_sources_are_the_variable_and_no_fixed_one(name: str):
    dashboard = DASHBOARDS[name]
    assert dashboard["schemaVersion"] >= 36
    assert "datasource" in {variable["name"] for variable in dashboard["templating"]["list"]}
    parts = [*panels(dashboard), *dashboard["annotations"]["list"]]
    sources = [part["datasource"] for part in parts] + [
        t["datasource"] for p in panels(dashboard) for t in p["targets"]
    ]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)


@every_dashboard
def test_releases_and_decisions_are_annotations(name: str):
    annotations = DASHBOARDS[name]["annotations"]["list"]
    assert [annotation["expr"] for annotation in annotations] == [RELEASES, DECISIONS]
    assert {metric for each in annotations for metric in metrics_of(each["expr"])} <= exported()
    assert annotations[1]["useValueForTime"] is True


@every_dashboard
def test_every_variable_that_is_asked_for_is_there_and_no_other(name: str):
    there = {variable["name"] for variable in DASHBOARDS[name]["templating"]["list"]} - {"datasource"}
    asked = {word for word in there if any(f"${word}" in expression for expression in expressions(DASHBOARDS[name]))}
    left = [expression for expression in expressions(DASHBOARDS[name]) if "$" in _without(expression, there)]
    assert (asked, left) == (there, [])


def _without(expression: str, variables: set[str]) -> str:
    for word in [*variables, "__rate_interval", "__range"]:
        expression = expression.replace(f"${word}", "")
    return expression


def test_every_metric_of_the_service_is_on_a_dashboard():
    asked = {metric for board in DASHBOARDS.values() for e in expressions(board) for metric in metrics_of(e)}
    kinds = {m.name: m.type for m in exported_metrics() if m.name.startswith("pauta_")}
    unseen = {name for name, kind in kinds.items() if asked.isdisjoint(name + suffix for suffix in SUFFIXES[kind])}
    assert unseen == set()


def test_what_lives_is_shown_as_zero_when_its_series_vanish():
    alive = {"Ready", "Processes", "Scheduler", "DAG processor"}
    numbers = {
        panel["title"]: panel["targets"][0]["expr"]
        for board in DASHBOARDS.values()
        for panel in panels(board)
        if panel["type"] == "stat"
    }
    assert alive <= numbers.keys()
    assert all(numbers[title].endswith("or vector(0)") for title in alive)
