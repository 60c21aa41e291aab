"""The common parts of all dashboards: the data source to choose, links to each other, releases as annotations."""

import json
from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
)

from grafana.builder.panels import SOURCE, Placed

Variable = dashboard.CustomVariable
RELEASES = "max by (release) (pauta_release_info == 1) unless max by (release) (pauta_release_info offset 2m == 1)"
DECISIONS = "max by (kind, use_case) (pauta_decision_timestamp_seconds) * 1000"  # when it was made, in milliseconds
BY_NAME = {  # fields of the data source, which the SDK lacks
    "Releases": {"titleFormat": "Release {{release}}"},
    "Decisions": {
        "titleFormat": "Decision: {{kind}} {{use_case}}",
        "textFormat": "GET /audit has who, why and the evidence.",
        "tagKeys": "kind,use_case",
        "useValueForTime": True,
    },
}


def board(
    uid: str,
    title: str,
    about: str,
    rows: Sequence[tuple[str, Sequence[Placed]]],
    *,
    hours: str = "now-1h",
    refresh: str = "15s",
    variables: Sequence[Variable] = (),
) -> dashboard.Dashboard:
    """A dashboard of rows with titles; panels follow each other from left to right."""
    made = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(about)
        .tags(["pauta"])
        .refresh(refresh)
        .time(hours, "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(_source())
        .link(_to_the_others())
        .annotation(_releases())
        .annotation(_decisions())
    )
    for variable in variables:
        made = made.with_variable(variable)
    for name, panels in rows:
        made = made.with_row(dashboard.Row(name))
        for panel in panels:
            made = made.with_panel(panel)
    return made


def _source() -> dashboard.DatasourceVariable:
    chosen = VariableOption(text="Prometheus", value="prometheus", selected=True)
    return dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus").current(chosen)


def _to_the_others() -> dashboard.DashboardLink:
    link = dashboard.DashboardLink("Pauta").type(DashboardLinkType.DASHBOARDS).tags(["pauta"])
    return link.as_dropdown(False).include_vars(False).keep_time(True)


def _releases() -> dashboard.AnnotationQuery:
    query = dashboard.AnnotationQuery().name("Releases").datasource(SOURCE)
    return query.enable(True).icon_color("blue").expr(RELEASES)


def _decisions() -> dashboard.AnnotationQuery:
    """The record of decisions: a mark at the time of each decision; its value is the time of the newest one."""
    query = dashboard.AnnotationQuery().name("Decisions").datasource(SOURCE)
    return query.enable(True).icon_color("purple").expr(DECISIONS)


def choice(name: str, label: str, values: Sequence[str], *, default: str = "", all_too: bool = False) -> Variable:
    """A variable with a few values to choose from; ``all_too`` offers all of them at once, and begins with that."""
    options = [VariableOption(text=value, value=value, selected=value == default) for value in values]
    made = Variable(name).label(label).values(", ".join(values)).options(options)
    if all_too:
        everything = VariableOption(text="All", value="$__all", selected=True)
        return made.include_all(True).all_value(".*").current(everything)
    return made.current(next(option for option in options if option.value == default))


def content(made: dashboard.Dashboard) -> dict[str, Any]:
    """The dashboard as Grafana reads it."""
    plain: dict[str, Any] = json.loads(json.dumps(made.build(), cls=JSONEncoder))
    for number, panel in enumerate(plain["panels"], start=1):
        panel["id"] = number
    for annotation in plain["annotations"]["list"]:
        annotation |= BY_NAME[annotation["name"]]
    return plain
