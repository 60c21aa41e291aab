"""The clicks of an article by hour since its publication, beside those of its section."""

from collections.abc import Mapping

import numpy as np

from app.news.article_facts import ArticleFacts
from app.shell.words import Texts
from script_shared.clock import HOUR_MS
from script_shared.events import EventLog
from script_shared.plots import Plot, Series

HOURS = 48  # of an article's life
LEAST = 3  # articles of a section that have a curve of their own


def life_curve(log: EventLog, facts: ArticleFacts, article_id: str, texts: Texts) -> Plot | None:
    """The curve, None if the event log has no clicks on the article; read it in a thread.

    Args:
        log: the event log.
        facts: of articles, as they are now.
        article_id: the article.
        texts: of the page.

    Raises:
        UnavailableError: the log cannot be read.
    """
    now_ms = facts.available.now_ms
    counts: dict[str, dict[int, int]] = {}
    for article, hour, clicks in log.history.clicks_by_hour(now_ms - HOURS * HOUR_MS, now_ms + HOUR_MS):
        counts.setdefault(article, {})[hour] = clicks
    if article_id not in counts:
        return None
    own = _by_age(counts[article_id], facts, article_id)
    section = _section(facts, article_id)
    others = [
        _by_age(clicks, facts, article)
        for article, clicks in counts.items()
        if article != article_id and _section(facts, article) == section
    ]
    last = max(2, int(np.flatnonzero(np.nan_to_num(own))[-1]) + 2 if np.nansum(own) else 2)
    series = [Series(texts["this_article"], _values(own[:last]))]
    if len(others) >= LEAST:
        low, middle, high = _quartiles(np.array(others)[:, :last])
        series.append(Series(texts["its_section"], _values(middle), _values(low), _values(high)))
    labels = [str(hour) for hour in range(last)]
    return Plot("lines", texts["life"], texts["hour"], labels, series, caption=texts["life_about"], numeric=True)


def _section(facts: ArticleFacts, article_id: str) -> str:
    return facts.available.section(article_id, facts.available.rows.row(article_id))


def _by_age(clicks: Mapping[int, int], facts: ArticleFacts, article_id: str) -> np.ndarray:
    """float (HOURS): clicks in each hour of its life, nan in hours before the log was read and hours to come."""
    available = facts.available
    issued_ms = available.issued_ms(article_id, available.rows.row(article_id))
    age = (available.now_ms - issued_ms) // HOUR_MS
    found = np.full(HOURS, np.nan)
    found[max(0, age - HOURS + 1) : max(0, age + 1)] = 0.0
    for hour, count in clicks.items():
        at = hour - issued_ms // HOUR_MS
        if 0 <= at < HOURS:
            found[at] = count
    return found


def _quartiles(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """float (hours) each: the quarter, half and three quarters of the articles; nan where there are none."""
    known = ~np.isnan(curves).all(axis=0)
    found = np.full((3, curves.shape[1]), np.nan)
    if known.any():
        found[:, known] = np.nanquantile(curves[:, known], [0.25, 0.5, 0.75], axis=0)
    return found[0], found[1], found[2]


def _values(numbers: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 1) for value in numbers]
