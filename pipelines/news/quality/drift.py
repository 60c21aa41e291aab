"""Drift of reads, articles and served lists: the newest window against earlier ones at the same hours of the day."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import polars as pl

from pipelines.drift import Drift, Window, combine, compare, newest_window, windows_before
from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.use_case import Context
from script_shared.arrays import FloatArray, IntArray
from script_shared.clock import HOUR_MS
from script_shared.errors import PautaError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.times import EARLIEST_MS

log = logging.getLogger("pauta.pipelines")

READ_NUMBERS = ("read.article_age_hours", "read.engagement", "read.clicks_of_user")
READ_CATEGORIES = ("read.section", "read.region", "read.device", "read.login", "read.user")
ARTICLE_CATEGORIES = ("article.section",)
ARTICLE_TEXTS = ("article.title",)
CATALOG_NUMBERS = ("catalog.article_age_hours", "catalog.hours_since_newest")
SERVED_NUMBERS = ("served.article_age_hours", "served.mean_age_hours")
SERVED_CATEGORIES = ("served.segment", "served.source")
USED = (*READ_NUMBERS[:2], *READ_CATEGORIES[:4], *ARTICLE_CATEGORIES, *ARTICLE_TEXTS)
MOST_SECTIONS = 40  # the most read ones; all others are one category
LEAST_WINDOWS = 3  # with fewer, the usual difference is unknown
OLDEST_HOURS = 30 * 24
MOST_LISTS = 20_000  # of a window
MOMENTS = 12  # of an hour, at which the catalogue is looked at
Frame = Callable[[Window], pl.DataFrame]


def drifts_of(context: Context, data: Dataset) -> dict[str, Drift]:
    """Both comparisons of the newest window; none if there are fewer than ``LEAST_WINDOWS`` earlier windows.

    ``long_term`` is with windows that the release in service learned from (with all windows, if none is in service);
    ``short_term`` with the window right before.
    """
    hours = float(context.params.drift.window_hours)
    newest, begin = newest_window(data.end_ms + 1, hours), _utc(data.begin_ms)
    earlier = windows_before(newest, begin, _reference_end(context, newest))
    if len(earlier) < LEAST_WINDOWS:
        return {}
    before = Window(newest.start - (newest.end - newest.start), newest.start)
    parts = _parts(context, data)
    long_term = _compare_windows(parts, newest, earlier, f"{len(earlier)} windows from {earlier[-1].start:%Y-%m-%d} on")
    return {"long_term": long_term, "short_term": _compare_windows(parts, newest, [before], str(before))}


def _reference_end(context: Context, newest: Window) -> datetime:
    """When the data of the release in service end; the start of the newest window if that is later or unknown."""
    try:
        pointer = context.releases.current()
        facts = context.releases.manifest(pointer.version).facts if pointer else {}
    except PautaError as error:
        log.warning("drift is measured against all earlier windows: %s", error.message)
        facts = {}
    end_ms = facts.get("data_end_ms")
    return min(newest.start, _utc(end_ms)) if isinstance(end_ms, int) and end_ms > EARLIEST_MS else newest.start


def _compare_windows(
    parts: Sequence[tuple[Frame, dict[str, Sequence[str]]]], newest: Window, earlier: Sequence[Window], name: str
) -> Drift:
    found = []
    for frame, columns in parts:
        windows = [frame(window) for window in earlier]
        now, before = frame(newest), pl.concat(windows)
        if now.height and before.height:
            names, alike = (name, str(newest)), windows if len(windows) > 1 else ()
            found.append(compare(before, now, names=names, used=USED, windows=alike, **columns))
    return combine(*found) if found else compare(pl.DataFrame(), pl.DataFrame(), names=(name, str(newest)))


def _parts(context: Context, data: Dataset) -> list[tuple[Frame, dict[str, Sequence[str]]]]:
    """Functions that make the rows of a window, each with the columns to compare."""
    reads, articles, served = Reads(data), Articles(data), WindowLists(context, data)
    catalog = Catalog(data, context.params.pool.max_age_hours)
    return [
        (reads.of, {"numbers": READ_NUMBERS, "categories": READ_CATEGORIES}),
        (articles.of, {"categories": ARTICLE_CATEGORIES, "texts": ARTICLE_TEXTS}),
        (catalog.ages_of, {"numbers": CATALOG_NUMBERS[:1]}),
        (catalog.newest_of, {"numbers": CATALOG_NUMBERS[1:]}),
        (served.of, {"numbers": SERVED_NUMBERS, "categories": SERVED_CATEGORIES}),
    ]


class Reads:
    """The reads of a window: age and section of the article, the user's login, region, device, and reads."""

    def __init__(self, data: Dataset) -> None:
        self._data = data
        self._sections = _sections(data)
        user = data.interactions.user
        first = np.full(data.n_users, np.iinfo(np.int64).max)
        np.minimum.at(first, user, data.interactions.time_ms)
        self._first_ms = first

    def of(self, window: Window) -> pl.DataFrame:
        """One row per read."""
        data = self._data
        start, end = _ms(window)
        reads = data.interactions.between(start - 1, end - 1)
        counts = np.bincount(reads.user, minlength=data.n_users)[reads.user] if len(reads) else reads.user
        return pl.DataFrame(
            {
                "read.article_age_hours": _age_hours(reads.time_ms - data.issued_ms[reads.article]),
                "read.engagement": reads.engagement,
                "read.clicks_of_user": counts,
                "read.section": self._sections.gather(reads.article),
                "read.region": _label_series(reads.region, data.labels.get(c.REGION, {})),
                "read.device": _label_series(reads.device, data.labels.get(c.DEVICE, {})),
                "read.login": np.where(data.logged[reads.user], "logged in", "not logged in"),
                "read.user": np.where(self._first_ms[reads.user] >= start, "new", "returning"),
            }
        )


class Articles:
    """The articles that were published in a window: section and title."""

    def __init__(self, data: Dataset) -> None:
        self._table = pl.DataFrame(
            {
                "issued_ms": data.issued_ms,
                "article.section": _sections(data),
                "article.title": data.articles[c.TITLE].replace("", None),
            }
        )

    def of(self, window: Window) -> pl.DataFrame:
        """One row per article."""
        start, end = _ms(window)
        return self._table.filter(pl.col("issued_ms").is_between(start, end, closed="left"))


class Catalog:
    """How fresh the catalogue is in a window: ages of the articles that are alive, and hours since the newest one.

    Args:
        data: of the run.
        max_age_hours: at which an article expires.
    """

    def __init__(self, data: Dataset, max_age_hours: float) -> None:
        self._issued, self._reach_ms = np.sort(np.asarray(data.issued_ms)), round(max_age_hours * HOUR_MS)

    def ages_of(self, window: Window) -> pl.DataFrame:
        """One row per article that is alive at the end of the window."""
        end = _ms(window)[1]
        first, last = np.searchsorted(self._issued, [end - self._reach_ms, end])
        return pl.DataFrame({CATALOG_NUMBERS[0]: _age_hours(end - self._issued[first:last])})

    def newest_of(self, window: Window) -> pl.DataFrame:
        """One row for each moment of the window."""
        start, end = _ms(window)
        moments = np.arange(start, end, HOUR_MS // MOMENTS)
        places = np.searchsorted(self._issued, moments, "right")
        known = places > 0
        return pl.DataFrame({CATALOG_NUMBERS[1]: _age_hours(moments[known] - self._issued[places[known] - 1])})


class WindowLists:
    """The lists that were served in a window: segment, source, and how old the articles were, the first and on mean."""

    def __init__(self, context: Context, data: Dataset) -> None:
        self._address = context.settings.events_address
        self._issued = dict(zip(data.articles[c.ARTICLE_ID], data.issued_ms.tolist(), strict=True))

    def of(self, window: Window) -> pl.DataFrame:
        """One row per list; none without an event log, or if it is unreachable."""
        rows = []
        try:
            if log_exists(self._address):
                with closing(EventLog(self._address)) as events:
                    rows = events.served.between(*_ms(window), limit=MOST_LISTS)
        except PautaError as error:
            log.warning("drift of served lists is not measured: %s", error.message)
        ages = [[row.time_ms - self._issued.get(page, row.time_ms) for page in row.pages] or [0] for row in rows]
        return pl.DataFrame(
            {
                "served.segment": [row.segment for row in rows],
                "served.source": [row.source for row in rows],
                SERVED_NUMBERS[0]: _age_hours(np.array([each[0] for each in ages], np.int64)),
                SERVED_NUMBERS[1]: _age_hours(np.array([np.mean(each) for each in ages], np.int64)),
            },
            schema=dict.fromkeys(SERVED_CATEGORIES, pl.String) | dict.fromkeys(SERVED_NUMBERS, pl.Float64),
        )


def _sections(data: Dataset) -> pl.Series:
    """The section of every article; rare sections as one, null for none."""
    column = data.articles[c.SECTION].replace("", None)
    reads = np.bincount(data.interactions.article, minlength=data.n_articles)
    totals = pl.DataFrame({"section": column, "reads": reads}).drop_nulls().group_by("section").agg(pl.sum("reads"))
    top = totals.sort("reads", "section", descending=[True, False])["section"].head(MOST_SECTIONS)
    return pl.select(
        pl.when(column.is_null()).then(None).when(column.is_in(top.implode())).then(column).otherwise(pl.lit("other"))
    ).to_series()


def _age_hours(ms: IntArray) -> FloatArray:
    """Hours, at most a month: very old articles would dominate the mean."""
    hours: FloatArray = np.clip(ms / HOUR_MS, 0, OLDEST_HOURS)
    return hours


def _label_series(codes: IntArray, labels: dict[int, str]) -> pl.Series:
    """Codes as texts, null for none."""
    names = {code: labels.get(code, str(code)) for code in np.unique(codes).tolist() if code >= 0}
    return pl.Series(codes).replace_strict(names, default=None, return_dtype=pl.String)


def _ms(window: Window) -> tuple[int, int]:
    return round(window.start.timestamp() * 1000), round(window.end.timestamp() * 1000)


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
