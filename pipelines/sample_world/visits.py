"""When users come and how long they stay: sessions over days and hours, and the behaviour on each page."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.groups import GROUPS
from pipelines.sample_world.readers import ANONYMOUS, LOGGED, Readers
from pipelines.sample_world.streams import choose
from script_shared.clock import HOUR_MS

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# Share of visits by local hour of the day, everybody together.
DAY = np.array([4, 2, 1, 1, 1, 2, 5, 8, 9, 9, 9, 9, 10, 10, 9, 9, 9, 9, 10, 10, 10, 9, 8, 6], np.float64)
WEEK = np.array([1.0, 1.05, 1.05, 1.0, 1.0, 0.8, 0.75])  # Monday first
NEW_SESSION = 0.4  # chance that a read opens a new session
OWN_HOURS = 0.55  # share of a group's visits around its own hour
LATELY = 0.3  # of the window: time in which single visits thin out to 1/e; who came earlier had time to come back
TIES = 0.004  # chance of the same time stamp as the read before


@dataclass(frozen=True)
class Visits:
    """Reads by user, then by time.

    Attributes:
        user: int64[n]; time_ms: int64[n]; seconds: float64[n], time on the page.
    """

    user: IntArray
    time_ms: IntArray
    seconds: FloatArray


def make_visits(rng: np.random.Generator, readers: Readers, sizes: IntArray, window_ms: tuple[int, int]) -> Visits:
    """Draw the time of every read; ``sizes`` is int64[users], the window is start and end in epoch milliseconds.

    Args:
        rng: draws.
        readers: all users.
        sizes: int64 (users), reads of each.
        window_ms: start and end, epoch milliseconds, UTC; the end is not included.
    """
    user = np.repeat(np.arange(len(sizes)), sizes)
    seconds = _seconds(rng, readers, user)
    first = np.zeros(len(user), bool)
    first[np.cumsum(sizes[sizes > 0]) - sizes[sizes > 0]] = True
    opens = first | (rng.random(len(user)) < NEW_SESSION)
    session = np.cumsum(opens) - 1
    starts = _session_starts(rng, readers, user[opens], window_ms)
    gaps = np.where(opens, 0.0, np.roll(np.minimum(seconds, 600), 1) + rng.exponential(20.0, len(user)))
    passed = np.cumsum(gaps)
    offset = (passed - passed[opens][session]) * 1000
    last = np.zeros(len(starts))
    np.maximum.at(last, session, offset)
    starts = np.maximum(np.minimum(starts, window_ms[1] - 1000 - last), window_ms[0])
    time_ms = np.minimum(starts[session] + offset, window_ms[1] - 1).astype(np.int64)
    order = np.lexsort((time_ms, user))
    time_ms = time_ms[order]
    tied = np.flatnonzero(~first & (rng.random(len(user)) < TIES))
    time_ms[tied] = time_ms[tied - 1]
    return Visits(user, time_ms, seconds[order])


def _seconds(rng: np.random.Generator, readers: Readers, user: IntArray) -> FloatArray:
    median = np.array([*(group.seconds for group in GROUPS), 60.0])[readers.group]  # -1: everybody else
    spread = np.where(readers.group < 0, 0.75, 0.35)
    seconds = np.exp((np.log(median) + readers.pace)[user] + spread[user] * rng.standard_normal(len(user)))
    open_tab = rng.random(len(user)) < 0.002
    seconds[open_tab] = 1800 * (1 + rng.pareto(1.1, int(open_tab.sum())))
    return np.clip(seconds, 5.0, 46_033.0)


def hour_profiles() -> FloatArray:
    """float64[n_groups + 1, 24]: share of visits by local hour; the last row is everybody outside the groups."""
    hours = np.arange(24) + 0.5
    rows = []
    for group in GROUPS:
        distance = np.abs((hours - group.peak_hour + 12) % 24 - 12)
        peak = np.exp(-0.5 * (distance / 1.6) ** 2)
        rows.append(OWN_HOURS * peak / peak.sum() + (1 - OWN_HOURS) * DAY / DAY.sum())
    return np.array([*rows, DAY / DAY.sum()])


def _session_starts(
    rng: np.random.Generator, readers: Readers, user: IntArray, window_ms: tuple[int, int]
) -> FloatArray:
    start, end = window_ms
    days = int(np.ceil((end - start) / (24 * HOUR_MS)))
    weekday = (start // (24 * HOUR_MS) + 3 + np.arange(days)) % 7  # 1970-01-01 was a Thursday
    day = choose(rng, WEEK[weekday], len(user))
    single = np.flatnonzero(readers.kind[user] == ANONYMOUS)
    late = WEEK[weekday] * np.exp(np.arange(days) / (LATELY * days))
    day[single] = choose(rng.spawn(1)[0], late, len(single))
    hour = np.zeros(len(user))
    rows = readers.group[user]
    for row, profile in enumerate(hour_profiles()):
        mine = np.flatnonzero(rows == (row if row < len(GROUPS) else -1))
        hour[mine] = choose(rng, profile, len(mine))
    return start + (day * 24 * HOUR_MS + (hour + rng.random(len(user))) * HOUR_MS) % (end - start)


def page_behaviour(rng: np.random.Generator, readers: Readers, visits: Visits) -> dict[str, npt.NDArray[np.generic]]:
    """Clicks, scroll percentage and visits of each read's page, with the few absurd values real files have.

    Args:
        rng: draws.
        readers: all users.
        visits: time and user of each read.

    Returns:
        (reads) each, by name of the column in the files; scroll is in percent.
    """
    user, count = visits.user, len(visits.user)
    group = readers.group[user]
    clicks = np.array([*(entry.clicks for entry in GROUPS), 1.3])[group] * np.exp(0.45 * rng.standard_normal(count))
    burst = rng.random(count) < 0.02
    clicks[burst] = 60 * (1 + rng.pareto(1.05, int(burst.sum())))
    middle = np.array([*(entry.scroll for entry in GROUPS), 45.0])[group] / 100
    middle = np.clip(middle * np.exp(readers.depth[user]), 0.03, 0.97)
    tight = np.where(group < 0, 1.6, 8.0)
    scroll = 100 * rng.beta(middle * tight, (1 - middle) * tight)
    broken = rng.random(count) < 0.004
    scroll[broken] = 100 * (1 + rng.pareto(0.7, int(broken.sum())))
    again = rng.geometric(np.where(readers.kind[user] == LOGGED, 0.85, 0.92))
    reload = rng.random(count) < 0.0002
    again[reload] = (20 * (1 + rng.pareto(1.0, int(reload.sum())))).astype(np.int64)
    return {
        "clicks": np.clip(np.floor(clicks), 1, 14_562).astype(np.int32),
        "scroll": np.round(np.clip(scroll, 0.0, 526_275.0), 2),
        "visits": np.clip(again, 1, 654).astype(np.int16),
    }
