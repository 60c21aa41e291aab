"""Splits the reads in time: at the moment T, and into what users newly read after it."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Bools, Int64s, IntArray
from script_shared.clock import HOUR_MS
from script_shared.data_end import data_begin
from script_shared.errors import InputError


class Reads(Protocol):
    """Who read what when: three arrays of one length."""

    @property
    def user(self) -> IntArray: ...
    @property
    def article(self) -> IntArray: ...
    @property
    def time_ms(self) -> Int64s: ...


@dataclass(frozen=True)
class Window:
    """The held-out window: after ``start_ms`` (the moment T), up to and with ``end_ms``; epoch milliseconds, UTC."""

    start_ms: int
    end_ms: int
    protocol: Literal["time_split", "validation_file"]

    def holds(self, time_ms: Int64s) -> Bools:
        """Which times lie in the window, as a boolean array."""
        inside: Bools = (time_ms > self.start_ms) & (time_ms <= self.end_ms)
        return inside


def held_out_window(
    reads: Reads,
    validation: Reads | None,
    *,
    window_hours: float,
    use_validation_file: bool = True,
    begin_ms: int | None = None,
) -> Window:
    """The window at the end of the data, or that of the validation file if it exists and is enabled.

    Args:
        reads: all reads, sorted by time.
        validation: reads of the validation file, None without one.
        window_hours: length of the window at the end.
        use_validation_file: whether the validation file is used where there is one.
        begin_ms: the first moment that counts, see ``script_shared.data_end``; None to find it here.

    Raises:
        InputError: the data is not longer than the window, so nothing would be left to learn from.
    """
    if not len(reads.time_ms):
        raise InputError("There are no interactions to split.", fix="The data card says why rows were rejected.")
    end = int(reads.time_ms.max())
    if validation is not None and use_validation_file and len(validation.time_ms):
        return Window(end, int(validation.time_ms.max()), "validation_file")
    start = end - round(window_hours * HOUR_MS)
    begin = data_begin(reads.time_ms, reads.user) if begin_ms is None else begin_ms
    if start <= begin:
        hours = (end - begin) / HOUR_MS
        raise InputError(
            f"The interactions span {hours:.1f} hours; a window of {window_hours:g} hours leaves nothing to train on.",
            fix="Lower split.window_hours or provide more data.",
        )
    return Window(start, end, "time_split")


@dataclass(frozen=True)
class Truth:
    """What held-out users newly read in the window.

    Attributes:
        users: (n,) user rows with at least one new read, ascending.
        reads: (n, n_articles) ones where the user newly read the article.
        counts: reads in the window, those left out by reason, and those kept that no model of the moment T can reach.
    """

    users: IntArray
    reads: csr_array
    counts: dict[str, int]


def ground_truth(known: Reads, held_out: Reads, window: Window, issued_ms: IntArray, max_age_ms: float) -> Truth:
    """Distinct articles that each user newly read in the window.

    Articles that the user had read by T are left out, and counted. Articles published after T, or already expired at T,
    cannot be recommended at T; they stay in the ground truth, because users did want them, and are counted.

    Args:
        known: reads up to T (later ones are not looked at).
        held_out: reads that may lie in the window (others are counted as ``outside_window``).
        window: its begin is T, the moment that the lists are made at.
        issued_ms: (n_articles,) publication times, epoch milliseconds.
        max_age_ms: age at which an article expires.
    """
    n_articles = len(issued_ms)
    inside = window.holds(held_out.time_ms)
    keys = _keys(held_out.user[inside], held_out.article[inside], n_articles)
    distinct = np.unique(keys)
    new = distinct[~_among(distinct, _known_keys(known, window, held_out.user[inside], n_articles))]
    users, rows = np.unique(new // n_articles, return_inverse=True)
    articles = new % n_articles
    reads = csr_array((np.ones(len(new), np.float32), (rows, articles)), shape=(len(users), n_articles))
    counts = {
        "reads_in_window": len(keys),
        "outside_window": int((~inside).sum()),
        "repeated_in_window": len(keys) - len(distinct),
        "already_read": len(distinct) - len(new),
        "new_reads": len(new),
        **unreachable(issued_ms[articles], window, max_age_ms),
    }
    return Truth(users, reads, counts)


def unreachable(issued_ms: IntArray, window: Window, max_age_ms: float) -> dict[str, int]:
    """How many articles were published only after T, and how many had expired by T."""
    return {
        "published_after_start": int((issued_ms > window.start_ms).sum()),
        "expired_at_start": int((issued_ms < window.start_ms - max_age_ms).sum()),
    }


def _known_keys(known: Reads, window: Window, users: IntArray, n_articles: int) -> IntArray:
    wanted = np.zeros(int(max(known.user.max(initial=0), users.max(initial=0))) + 1, bool)
    wanted[users] = True
    kept = wanted[known.user] & (known.time_ms <= window.start_ms)
    return _keys(known.user[kept], known.article[kept], n_articles)


def _among(few: IntArray, many: IntArray) -> Bools:
    """bool (few): whether each of ``few`` is in ``many``; faster than ``isin``, which sorts ``many``.

    Args:
        few: ascending, without repetitions.
        many: in any order.
    """
    found = np.zeros(len(few), np.bool_)
    if len(few):
        places = np.minimum(np.searchsorted(few, many), len(few) - 1)
        found[places[few[places] == many]] = True
    return found


def _keys(users: IntArray, articles: IntArray, n_articles: int) -> IntArray:
    keys: IntArray = users.astype(np.int64) * n_articles + articles
    return keys
