"""The few kinds of panels that the dashboards are made of, each in one call."""

from collections.abc import Sequence
from typing import NamedTuple

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DataTransformerConfig,
    FieldColorModeId,
    Panel,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
Steps = Sequence[tuple[float | None, str]]
Placed = Builder[Panel]
GOOD_IS_ONE: Steps = ((None, "red"), (1.0, "green"))
LOW, HALF = 8, 12  # rows and columns of the grid: a table below the lines of a lower panel leaves no room for them
GOOD_IS_ZERO: Steps = ((None, "green"), (1.0, "red"))


class Query(NamedTuple):
    """A PromQL expression, and how the legend names what it gives."""

    expr: str
    legend: str = ""


def _targets(queries: Sequence[Query], *, instant: bool) -> list[prometheus.Dataquery]:
    made = []
    for letter, query in zip("ABCDEFGH", queries, strict=False):
        target = prometheus.Dataquery().ref_id(letter).expr(query.expr).legend_format(query.legend).datasource(SOURCE)
        made.append(target.instant() if instant else target.range())
    return made


def _thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    made = [Threshold(value=value, color=color) for value, color in steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(made)


def _legend(width: int, height: int) -> common.VizLegendOptions:
    """With the mean and the newest value of each line; beside the lines where the panel is low and wide."""
    beside = height < LOW and width > HALF
    placement = LegendPlacement.RIGHT if beside else LegendPlacement.BOTTOM
    table_of = common.VizLegendOptions().display_mode(LegendDisplayMode.TABLE).placement(placement)
    return table_of.show_legend(True).calcs(["mean", "lastNotNull"])


def graph(
    title: str,
    about: str,
    unit: str,
    *queries: Query,
    width: int = 12,
    height: int = 8,
    stacked: bool = False,
    most: float | None = None,
    limit: float | None = None,
    negative: bool = False,
) -> Placed:
    """Lines over time; ``limit`` draws a red line at a value, ``most`` ends the axis there."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(height)
        .targets(_targets(queries, instant=False))  # type: ignore[arg-type]
        .line_width(1)
        .fill_opacity(20 if stacked else 8)
        .show_points(VisibilityMode.NEVER)
        .legend(_legend(width, height))
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
    )
    if not negative:
        panel = panel.min(0)
    if most is not None:
        panel = panel.max(most)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    if limit is not None:
        panel = panel.thresholds(_thresholds(((None, "transparent"), (limit, "red")))).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.LINE)
        )
    return panel


def number(
    title: str,
    about: str,
    unit: str,
    *queries: Query,
    width: int = 4,
    steps: Steps = ((None, "text"),),
    words: dict[str, str] | None = None,
    named: bool = False,
    decimals: int | None = None,
) -> Placed:
    """One value now; ``words`` replace values, ``named`` shows the legend instead of the value."""
    panel = (
        stat.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .unit(unit)
        .span(width)
        .height(4)
        .targets(_targets(queries, instant=True))  # type: ignore[arg-type]
        .thresholds(_thresholds(steps))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.NAME if named else BigValueTextMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False).fields(""))
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    if words:
        results = {value: ValueMappingResult(text=text, index=at) for at, (value, text) in enumerate(words.items())}
        mapping: list[ValueMapping] = [ValueMap(options=results)]
        panel = panel.mappings(mapping)
    return panel


def bars(title: str, about: str, unit: str, *queries: Query, width: int = 8, height: int = 8) -> Placed:
    """Values now, one bar each, the greatest being the longest."""
    return (
        bargauge.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .unit(unit)
        .min(0)
        .span(width)
        .height(height)
        .targets(_targets(queries, instant=True))  # type: ignore[arg-type]
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .display_mode(BarGaugeDisplayMode.BASIC)
        .orientation(VizOrientation.HORIZONTAL)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False).fields(""))
    )


def states(title: str, about: str, query: Query, words: dict[str, str], *, width: int = 24, height: int = 6) -> Placed:
    """Which of a few states each series was in, over time."""
    colors = ("text", "green", "red")
    results = {
        value: ValueMappingResult(text=text, color=colors[at], index=at)
        for at, (value, text) in enumerate(words.items())
    }
    mapping: list[ValueMapping] = [ValueMap(options=results)]
    return (
        statetimeline.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .targets(_targets([query], instant=False))  # type: ignore[arg-type]
        .mappings(mapping)
        .show_value(VisibilityMode.NEVER)
        .merge_values(True)
    )


def figures(
    title: str, about: str, *queries: Query, columns: Sequence[str], width: int = 24, height: int = 10
) -> Placed:
    """A table of values now: one row for each set of labels, one column for each label and query."""
    targets = _targets(queries, instant=True)
    for target in targets:
        target.format(PromQueryFormat.TABLE)
    names = {f"Value #{letter}": query.legend for letter, query in zip("ABCDEFGH", queries, strict=False)}
    order = {name: at for at, name in enumerate([*columns, *names])}
    hidden = dict.fromkeys(("Time", "__name__", "instance", "job"), True)
    return (
        table.Panel()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .span(width)
        .height(height)
        .decimals(4)
        .targets(targets)  # type: ignore[arg-type]
        .with_transformation(DataTransformerConfig(id_val="merge", options={}))
        .with_transformation(
            DataTransformerConfig(
                id_val="organize", options={"excludeByName": hidden, "indexByName": order, "renameByName": names}
            )
        )
    )
