"""The plots of the data card, each from a refined run."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.quality.segments import histories_chart, shares_chart
from pipelines.news.tables import TIME
from pipelines.report import Section
from script_shared.plots import Plot, Series

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
    volumes = Section("Volumes over time", "Hours are counted in UTC.", _volumes(data))
    shares = Section(
        "Segments", "Who reads, and how much of the reading they do.", [shares_chart(data), histories_chart(data)]
    )
    proxy = "The first click is used as the time of publication." if refined.get("login_flag") else ""
    life = Section("Life of an article", proxy, _life(data))
    measures = _quantities(data)
    absent = "" if measures else "This source does not measure time, clicks or scroll: every read counts alike."
    read = Section("How articles are read", absent, [*measures, *_sections(data)])
    refused = Section("Rejected rows", "Kept in the table `rejected`, each with its reason.", _rejects(refined))
    return [volumes, shares, life, read, refused]


def _volumes(data: Dataset) -> list[Plot]:
    times, issued = data.interactions.time_ms, data.issued_ms
    unit, name = (HOUR_MS, "hour") if times[-1] - times[0] <= 15 * DAY_MS else (DAY_MS, "day")
    start = int(times[0]) // HOUR_MS * HOUR_MS
    slots = int(times[-1] - start) // unit + 1
    logged = data.logged[data.interactions.user]
    form = "%m-%d %H:%M" if unit == HOUR_MS else "%Y-%m-%d"
    when = pl.Series(np.arange(slots) * unit + start).cast(TIME).dt.to_string(form).to_list()

    def count(moments: Numbers) -> list[float | None]:
        places = (moments - start) // unit
        found: list[float | None] = np.bincount(places[(places >= 0) & (places < slots)], minlength=slots).tolist()
        return found

    parts = [Series("logged in", count(times[logged])), Series("not logged in", count(times[~logged]))]
    return [
        Plot("lines", f"Interactions per {name}", name, when, parts),
        Plot("lines", f"Articles published per {name}", name, when, [Series("articles", count(issued))]),
    ]


def _life(data: Dataset) -> list[Plot]:
    age = (data.interactions.time_ms - data.issued_ms[data.interactions.article]) / HOUR_MS
    known = np.clip(age[age >= 0], 0.1, None)
    edges = np.geomspace(0.1, 720, 31)
    counts, _ = np.histogram(known, edges)
    shares = counts / max(len(known), 1)
    median = float(np.median(known)) if len(known) else 0.0
    early = (
        f" {np.mean(age < 0):.2%} of the reads are dated before publication and left out." if (age < 0).any() else ""
    )
    names = [_hours(edge) for edge in edges[1:]]
    caption = f"Age is the time from publication to the read; half of the reads come within {_hours(median)}.{early}"
    each, together = Series("share of reads", shares.tolist()), Series("share of reads", np.cumsum(shares).tolist())
    return [
        Plot("bars", "Share of reads by age", "age up to", names, [each], unit="percent"),
        Plot("lines", "Share of reads up to an age", "age up to", names, [together], caption, unit="percent", top=1.0),
    ]


def _hours(hours: float) -> str:
    """An age in words.

    >>> _hours(0.25), _hours(3.14), _hours(72)
    ('15 min', '3.1 h', '3.0 d')
    """
    if hours < 1:
        return f"{60 * hours:.0f} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} d"


def _quantities(data: Dataset) -> list[Plot]:
    reads = data.interactions
    panels = {
        "Engagement": reads.engagement,
        "Seconds on page": reads.seconds,
        "Percent scrolled": reads.scroll,
        "Clicks": reads.clicks,
    }
    if all(values.min() == values.max() for values in panels.values()):
        return []
    return [_histogram(title, values) for title, values in panels.items()]


def _histogram(title: str, values: Numbers) -> Plot:
    top = max(float(np.quantile(values, 0.995)), 1e-3)
    counts, edges = np.histogram(values, bins=20, range=(0, top))
    names = [f"{edge:.3g}" for edge in edges[:-1]]
    caption = "A label begins a range. Up to the 99.5th percentile, after the outlier rules."
    return Plot("bars", title, "from", names, [Series("interactions", counts.tolist())], caption)


def _sections(data: Dataset) -> Iterable[Plot]:
    names = data.articles[c.SECTION]
    if names.n_unique() < 2:
        return []
    reads = np.bincount(data.interactions.article, minlength=data.n_articles)
    table = pl.DataFrame({c.SECTION: names, c.READS: reads}).group_by(c.SECTION).agg(pl.col(c.READS).sum(), pl.len())
    top = table.sort(c.READS, c.SECTION, descending=[True, False]).head(12)
    labels = top[c.SECTION].cast(pl.String).to_list()
    caption = f"The {top.height} sections that are read most, of {table.height}."
    return [
        Plot("rows", "Interactions by section", "section", labels, [Series("interactions", top[c.READS].to_list())]),
        Plot("rows", "Articles by section", "section", labels, [Series("articles", top["len"].to_list())], caption),
    ]


def _rejects(refined: dict[str, Any]) -> list[Plot]:
    reasons = sorted(refined["rejected_by_reason"].items(), key=lambda pair: -pair[1])
    if not reasons:
        return []
    total = refined["input_rows"]
    share = sum(count for _, count in reasons) / total
    series = [Series("rows", [count for _, count in reasons])]
    caption = f"{share:.2%} of {total:,} rows."
    return [Plot("rows", "Rejected rows by reason", "reason", [name for name, _ in reasons], series, caption)]
