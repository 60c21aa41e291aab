"""Measures how busy a site is from its refined reads, and gives a step the params that follow from it."""

from dataclasses import fields, replace

import numpy as np

from pipelines.news.dataset import Dataset
from pipelines.use_case import Context
from script_shared.arrays import FloatArray, Int64s, IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.membership import segment_codes
from script_shared.news.params import NewsParams, for_site
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.site_profile import FAST, PACES, SiteProfile

FACTS = "site"
WINDOWS_HOURS = (12.0, 24.0, 48.0, 96.0, 168.0, 336.0, 672.0)
SHARE_HELD_OUT = 1 / 8  # of the span, at most: the ranker learns on twice as much, and the models need the rest
READS, SEGMENT_USERS, USERS = 2_000, 60, 300  # of a window that is long enough; some have nothing new and drop out
MIDDLE_MS = HOUR_MS / 6  # half-life of the window that pace stretches
ASKED = 2_000  # clicks that show the pace
NEARLY = 0.98  # of the best value: the shortest such half-life is taken, because news fades


def settle_params(context: Context) -> Context:
    """The same context with the params that the run's site asks for, wherever the file says ``"auto"``.

    Before refine nothing is known of the site, and the params are those of a busy one.

    Args:
        context: the run, its settings, params and options.
    """
    params: NewsParams = context.params
    if not params.auto or not context.run.complete("refined"):
        return context
    return replace(context, params=for_site(params, site_of(context)))


def site_of(context: Context) -> SiteProfile:
    """The site as refine measured it; measured now for a run refined before that was done.

    Args:
        context: of a run that is refined.
    """
    saved = context.run.facts("refined").get(FACTS)
    if not saved:
        return profile_of(Dataset.load(context.run.read("refined")))
    names = {field.name for field in fields(SiteProfile)}
    return SiteProfile(**{name: value for name, value in saved.items() if name in names})


def profile_of(data: Dataset) -> SiteProfile:
    """Measure a site from the begin of its data on; the held-out window at its end is not used for the pace.

    Args:
        data: a loaded run.
    """
    reads = data.interactions.between(data.begin_ms - 1, data.end_ms)
    if not len(reads):
        return SiteProfile(0.0, 0.0, 0.0, 0.0, 0.0)
    span_hours = max((data.end_ms - data.begin_ms) / HOUR_MS, 1.0)
    rate = len(reads) / span_hours
    user_days = _user_days(reads.time_ms // (24 * HOUR_MS), reads.user)
    ages = np.maximum(reads.time_ms - data.issued_ms[reads.article], 0) / HOUR_MS
    life, last = np.quantile(ages, [0.5, 0.95])
    site = SiteProfile(span_hours / 24, rate, user_days / max(span_hours / 24, 1.0), float(life), float(last))
    if rate >= FAST:
        return site
    window, users = enough_hours(data, span_hours)
    known = reads.until(data.end_ms - round(window * HOUR_MS))
    pace = pace_of(known.time_ms, known.article, data.n_articles)
    return replace(site, pace=pace, window_hours=window, window_users=users)


def _user_days(day: IntArray, user: IntArray) -> int:
    """On how many days each user read anything, over all users; days are in order."""
    bounds = np.flatnonzero(np.diff(day)) + 1
    return sum(int(np.count_nonzero(np.bincount(of_day))) for of_day in np.split(user, bounds))


def enough_hours(data: Dataset, span_hours: float) -> tuple[float, int]:
    """The shortest window at the end with enough reads, and users of every segment, else of all; and its users."""
    most = max(WINDOWS_HOURS[0], SHARE_HELD_OUT * span_hours)
    windows = [hours for hours in WINDOWS_HOURS if hours <= most]
    starts = [data.end_ms - round(hours * HOUR_MS) for hours in windows]
    counts = [_segment_users(data, start_ms) for start_ms in starts]
    of_all = [int(of.sum()) for of in counts]
    wide = [place for place, start in enumerate(starts) if len(data.interactions.between(start, data.end_ms)) >= READS]
    every = [place for place in wide if counts[place].min() >= SEGMENT_USERS]
    some = [place for place in wide if of_all[place] >= USERS]
    place = (every or some or [len(windows) - 1])[0]
    return windows[place], of_all[place]


def _segment_users(data: Dataset, start_ms: int) -> Int64s:
    """int64 (segments): users with a read after a moment, by what they had read until then."""
    reads = data.interactions
    first = int(np.searchsorted(reads.time_ms, start_ms, "right"))
    users = np.unique(reads.user[first:])
    before = np.bincount(reads.user[:first], minlength=data.n_users)
    return np.bincount(segment_codes(data.logged, before)[users], minlength=len(SEGMENT_NAMES))


def pace_of(time_ms: IntArray, article: IntArray, n_articles: int) -> int:
    """The half-life, in units of 10 minutes, with which a plain count predicts the next click best.

    Clicks of the later half are evaluated: the reciprocal rank of the clicked article by decayed counts, over all.
    """
    if len(time_ms) < ASKED // 10:
        return PACES[0]
    asked = np.unique(np.linspace(len(time_ms) // 2, len(time_ms) - 1, ASKED).astype(np.int64))
    values = np.array([_foresight(time_ms, article, n_articles, asked, MIDDLE_MS * pace) for pace in PACES])
    return PACES[int(np.flatnonzero(values >= NEARLY * values.max())[0])]


def _foresight(time_ms: IntArray, article: IntArray, n_articles: int, asked: IntArray, half_life_ms: float) -> float:
    """Mean reciprocal rank of the clicks at some places by counts decayed with a half-life."""
    sums: FloatArray = np.zeros(n_articles)
    total, folded, now = 0.0, 0, int(time_ms[0])
    for place in asked.tolist():
        later = int(time_ms[place])
        sums *= 2.0 ** ((now - later) / half_life_ms)
        part = slice(folded, place)
        np.add.at(sums, article[part], 2.0 ** ((time_ms[part] - later) / half_life_ms))
        value, folded, now = sums[article[place]], place, later
        total += 1.0 / np.count_nonzero(sums >= value) if value > 0 else 0.0
    return total / len(asked)
