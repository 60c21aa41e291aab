"""The candidates for a request: the best articles by a plain mix of live signals, and those that other parts add."""

from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from script_shared.arrays import Bools, Float32s, FloatArray, Int16s, Int64s, IntArray
from script_shared.compiled.candidate_code import Counts, find_candidates
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.segment_list import NOTHING, SegmentCandidates
from script_shared.news.ranking.signals import Signals
from script_shared.news.state.state import LiveState

FRESH_MS, FRESH_CLICKS, FRESH_KEPT = 7_200_000, 3, 10
TRENDING_KEPT = 20  # with more, articles that hardly anybody reads would be called "trending"


class Source(IntFlag):
    """Why an article is a candidate; several may apply."""

    TRENDING_10M = 1
    TRENDING_1H = 2
    SESSION = 4
    HISTORY = 8
    SEGMENT = 16
    FRESH = 32
    TEXT = 64


@dataclass(frozen=True)
class Candidates:
    """m articles to be ranked, best first by the plain mix: the order that is served without a ranker.

    Attributes:
        rows: int64 (m), distinct rows of live articles, none read by the user.
        mix: float32 (m), the plain mix, descending, except for articles that other parts add.
        sources: int16 (m), bits of :class:`Source`.
        signals: the values of the live state for this request.
        listed: the list of the segment's model.
    """

    rows: Int64s
    mix: Float32s
    sources: Int16s
    signals: Signals
    listed: SegmentCandidates = NOTHING

    def __len__(self) -> int:
        return len(self.rows)


def candidates(
    state: LiveState,
    query: Query,
    now_ms: int,
    extra: dict[Source, IntArray] | None = None,
    *,
    count: int | None = None,
    listed: SegmentCandidates = NOTHING,
    within: Bools | None = None,
) -> Candidates:
    """Find the candidates for a request.

    Args:
        state: the live state.
        query: the request; its section and tag are ignored, see ``within``.
        now_ms: the moment of the request, epoch milliseconds, UTC.
        extra: rows that other parts add, such as posted articles with similar words.
        count: how many candidates the live state adds (default: ``params.candidates``).
        listed: the list of the segment's model.
        within: bool (used), rows that the request is limited to, such as those of one section; None for all.
    """
    signals, count = Signals(state, query, now_ms), count or state.params.candidates
    extra = {Source.SEGMENT: listed.rows, **(extra or {})}
    brought = [(np.asarray(rows, np.int64), int(source)) for source, rows in extra.items()]
    found = find_candidates(
        _counts(signals), np.asarray(signals.read, np.int64), within, _fresh_since(signals), count, brought
    )
    if found is None:
        found = _find_candidates(signals, within, count, brought)
    return Candidates(*found, signals, listed)


def _counts(signals: Signals) -> Counts:
    articles, visit, used = signals.state.articles, len(signals.visit) > 0, signals.used
    (now, now_total), (hour, hour_total) = signals.clicks_in("10m"), signals.clicks_in("1h")
    return Counts(
        articles.number_in[:used],
        articles.first_ms[:used],
        articles.clicks[:used],
        now,
        hour,
        now_total,
        hour_total,
        signals.together[1] if visit else None,
        signals.following[1] if visit else None,
        signals.later[1] if len(signals.earlier) else None,
    )


def _find_candidates(
    signals: Signals, within: Bools | None, count: int, extra: list[tuple[Int64s, int]]
) -> tuple[Int64s, Float32s, Int16s]:
    """The same as ``find_candidates``, with array operations."""
    mix = signals.mix
    allowed = _allowed_rows(signals) if within is None else _allowed_rows(signals) & within
    rows = _best(np.where(allowed, mix, 0.0), count)
    brought = _source_bits(signals, [(_fresh(signals), Source.FRESH.value), *extra])
    new = (brought > 0) & allowed
    new[rows] = False
    rows = np.concatenate([rows, np.flatnonzero(new)])
    return rows, mix[rows], _sources(signals, rows, brought[rows])


def _allowed_rows(signals: Signals) -> Bools:
    articles = signals.state.articles
    allowed: Bools = articles.number_in[: signals.used] >= 0
    allowed[signals.read] = False
    return allowed


def _best(mix: FloatArray, count: int) -> Int64s:
    """Rows of the ``count`` highest positive values, highest first; the lower row wins ties."""
    rows = np.flatnonzero(mix > 0)
    if len(rows) > count:
        rows = np.flatnonzero(mix >= np.partition(mix, -count)[-count])
    best: Int64s = rows[np.argsort(-mix[rows], kind="stable")][:count]
    return best


def _fresh_since(signals: Signals) -> int:
    """The moment after which articles are fresh, epoch milliseconds."""
    return signals.now_ms - FRESH_MS * signals.state.params.pace


def _fresh(signals: Signals) -> Int64s:
    """The newest articles that have hardly been read."""
    articles, used, since = signals.state.articles, signals.used, _fresh_since(signals)
    new = np.flatnonzero((articles.first_ms[:used] > since) & (articles.clicks[:used] < FRESH_CLICKS))
    return new[np.argsort(-articles.first_ms[new], kind="stable")[:FRESH_KEPT]]


def _source_bits(signals: Signals, extra: list[tuple[Int64s, int]]) -> Int16s:
    """int16 (used): the bits of the other parts that add each row."""
    bits = np.zeros(signals.used, np.int16)
    for rows, bit in extra:
        bits[rows] |= bit
    return bits


def _sources(signals: Signals, rows: IntArray, sources: Int16s) -> Int16s:
    """The sources of the rows: those in the live state, and those of other parts."""
    for source, window in ((Source.TRENDING_10M, "10m"), (Source.TRENDING_1H, "1h")):
        share = signals.share(window)[rows]
        sources[np.argsort(-share, kind="stable")[:TRENDING_KEPT]] |= source.value
    if len(signals.visit):
        sources[signals.together[1, rows] > 0] |= Source.SESSION.value
    if len(signals.earlier):
        sources[signals.later[1, rows] > 0] |= Source.HISTORY.value
    return sources
