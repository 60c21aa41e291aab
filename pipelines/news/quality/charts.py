"""The charts of the data card, each from a refined run."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.quality.segments import histories_chart, shares_chart
from pipelines.news.tables import TIME
from pipelines.report import COLOURS, Chart, Section, draw

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
Numbers = npt.NDArray[Any]


def charts_of(data: Dataset, refined: dict[str, Any]) -> list[Section]:
    """All sections with charts, in reading order.

    Args:
        data: the run.
        refined: the facts of its step refine.
    """
    if not len(data.interactions):
        return [Section("Charts", "No interaction was kept, so there is nothing to draw.")]
    volumes = Section("Volumes over time", "Hours are counted in UTC.", [_volumes(data)])
    shares = Section(
        "Segments", "Who reads, and how much of the reading they do.", [shares_chart(data), histories_chart(data)]
    )
    proxy = "The first click is used as the time of publication." if refined.get("login_flag") else ""
    life = Section("Life of an article", proxy, [_life(data)])
    measures = _quantities(data)
    absent = "" if measures else "This source does not measure time, clicks or scroll: every read counts alike."
    read = Section("How articles are read", absent, [*measures, *_sections(data)])
    refused = Section("Rejected rows", "Kept in the table `rejected`, each with its reason.", _rejects(refined))
    return [volumes, shares, life, read, refused]


def _volumes(data: Dataset) -> Chart:
    times, issued = data.interactions.time_ms, data.issued_ms
    unit, name = (HOUR_MS, "hour") if times[-1] - times[0] <= 15 * DAY_MS else (DAY_MS, "day")
    start = int(times[0]) // HOUR_MS * HOUR_MS
    slots = int(times[-1] - start) // unit + 1
    logged = data.logged[data.interactions.user]
    when = pl.Series(np.arange(slots) * unit + start).cast(TIME).dt.replace_time_zone(None).to_numpy()

    def count(moments: Numbers) -> Numbers:
        places = (moments - start) // unit
        return np.bincount(places[(places >= 0) & (places < slots)], minlength=slots)

    def paint(axes: Any) -> None:
        for part, label, colour in ((logged, "logged in", COLOURS[0]), (~logged, "not logged in", COLOURS[1])):
            axes[0].plot(when, count(times[part]), label=label, color=colour)
        axes[1].plot(when, count(issued), color=COLOURS[2])
        axes[0].legend(loc="upper left", ncols=2)
        for axis, title in zip(axes, (f"Interactions per {name}", f"Articles published per {name}"), strict=True):
            axis.set_title(title)
            _time_axis(axis)

    return draw(paint, columns=2)


def _time_axis(axis: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=8)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axis.set_ylim(bottom=0, top=axis.get_ylim()[1] * 1.2)
    axis.yaxis.set_major_formatter("{x:,.0f}")


def _life(data: Dataset) -> Chart:
    age = (data.interactions.time_ms - data.issued_ms[data.interactions.article]) / HOUR_MS
    known = np.clip(age[age >= 0], 0.1, None)
    edges = np.geomspace(0.1, 720, 60)
    counts, _ = np.histogram(known, edges)
    total = max(len(known), 1)
    median = float(np.median(known)) if len(known) else 0.0

    def paint(axes: Any) -> None:
        axes[0].stairs(counts / total, edges, fill=True, color=COLOURS[0])
        axes[1].plot(edges[1:], np.cumsum(counts) / total, color=COLOURS[0])
        axes[1].axvline(median, color=COLOURS[1], linewidth=1)
        axes[1].text(median * 1.15, 0.03, f"median {median:.1f} h", color=COLOURS[1])
        for axis, title in zip(axes, ("Share of reads by age", "Share of reads up to an age"), strict=True):
            axis.set_xscale("log")
            axis.set_xticks([0.1, 1, 6, 24, 168, 720], ["≤ 6 min", "1 h", "6 h", "1 d", "1 w", "30 d"])
            axis.minorticks_off()
            axis.set_title(title)
            axis.yaxis.set_major_formatter("{x:.0%}")

    early = (
        f" {np.mean(age < 0):.2%} of the reads are dated before publication and left out." if (age < 0).any() else ""
    )
    return draw(paint, f"Age is the time from publication to the read.{early}", columns=2)


def _quantities(data: Dataset) -> list[Chart]:
    reads = data.interactions
    panels = {
        "Engagement": reads.engagement,
        "Seconds on page": reads.seconds,
        "Percent scrolled": reads.scroll,
        "Clicks": reads.clicks,
    }
    if all(values.min() == values.max() for values in panels.values()):
        return []

    def paint(axes: Any) -> None:
        for axis, (title, values) in zip(axes, panels.items(), strict=True):
            top = max(float(np.quantile(values, 0.995)), 1e-3)
            axis.hist(values, bins=40, range=(0, top), color=COLOURS[0])
            axis.set_title(title)
            axis.set_yticks([])
            axis.grid(visible=False)

    return [draw(paint, "Up to the 99.5th percentile, after the outlier rules.", columns=4, height=1.9)]


def _sections(data: Dataset) -> Iterable[Chart]:
    names = data.articles[c.SECTION]
    if names.n_unique() < 2:
        return []
    reads = np.bincount(data.interactions.article, minlength=data.n_articles)
    table = pl.DataFrame({c.SECTION: names, c.READS: reads}).group_by(c.SECTION).agg(pl.col(c.READS).sum(), pl.len())
    top = table.sort(c.READS, descending=True).head(12).reverse()

    def paint(axes: Any) -> None:
        axes[0].barh(top[c.SECTION].to_list(), top[c.READS].to_numpy(), color=COLOURS[0])
        axes[1].barh(top[c.SECTION].to_list(), top["len"].to_numpy(), color=COLOURS[2])
        axes[1].set_yticklabels([])
        for axis, title in zip(axes, ("Interactions by section", "Articles by section"), strict=True):
            axis.set_title(title)
            axis.xaxis.set_major_formatter("{x:,.0f}")
            axis.xaxis.set_major_locator(_few())
            axis.grid(visible=False, axis="y")

    return [draw(paint, f"The {top.height} sections that are read most, of {table.height}.", columns=2, height=3)]


def _few() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(4)


def _rejects(refined: dict[str, Any]) -> list[Chart]:
    reasons = sorted(refined["rejected_by_reason"].items(), key=lambda pair: pair[1])
    if not reasons:
        return []
    total = refined["input_rows"]

    def paint(axes: Any) -> None:
        bars = axes.barh([name for name, _ in reasons], [count for _, count in reasons], color=COLOURS[3])
        axes.bar_label(bars, [f"{count:,} ({count / total:.2%} of all rows)" for _, count in reasons], padding=5)
        axes.set_xlim(0, max(count for _, count in reasons) * 1.4)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(visible=False, axis="y")

    return [draw(paint, height=0.7 + 0.32 * len(reasons))]
