"""One test window: folds earlier events, trains on their last days, then ranks before every click of the window."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.news.replay.figures import MEASURES, MISSED, GroupFigure, group_figures
from pipelines.news.replay.models import CaseModels, CaseRank, Model, by_clicks, by_scores, ranks_of
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Walk
from pipelines.news.training.ranker_model import train
from pipelines.news.training.ranker_rows import collect, draw_places
from script_shared.arrays import Bools, IntArray
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.ranking.candidates import candidates
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import sizes_of

DAY_MS = 86_400_000
RANKED, MIX = "LambdaRank", "plain mix of live signals"
MOST_READ = {f"most read, {window}": window for window in ("10m", "1h", "24h")}


@dataclass(frozen=True)
class Window:
    """What is measured.

    Attributes:
        start_ms, end_ms: clicks with ``start <= time < end`` are evaluated.
        share: share of users whose clicks are evaluated, drawn by seed; all clicks are folded.
        resamples: of users, for the intervals.
        seed: of both.
    """

    start_ms: int
    end_ms: int
    share: float = 1.0
    resamples: int = 500
    seed: int = 7


@dataclass
class Result:
    """What came out.

    Attributes:
        figures: every measure of every model on every group of clicks.
        facts: counts and timings, JSON-able.
        ranker: the trained ranker.
        ranks: by model the rank of the clicked article in every case.
        places: of the cases in the stream.
    """

    figures: list[GroupFigure]
    facts: dict[str, Any]
    ranker: Ranker | None
    ranks: dict[str, IntArray] = field(default_factory=dict)
    places: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))


def run(
    stream: Stream,
    params: NewsParams,
    window: Window,
    *,
    ranker: Ranker | None = None,
    peers: Mapping[str, Callable[[Walk], CaseRank]] | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Result:
    """Train a ranker before the window, unless one is given, and measure it in the window.

    Args:
        stream: the clicks; those after the window are not looked at.
        params: of the ranker and the live state.
        window: where the clicks to measure lie.
        ranker: a ranker that knows nothing of the window; None to train one on the clicks before.
        peers: further models by name: made with the walk, each gives the rank of the clicked article.
        say: called with a line of progress.
    """
    walk = Walk(stream, Newsroom(LiveState(params.live)))
    facts: dict[str, Any] = {}
    trained = ranker or train_before(walk, params, window, facts, say)
    places = evaluated_clicks(stream, window, facts)
    before = time.process_time()
    ranks = ranks_of((walk,), places, _models(walk, trained, peers or {}), say=say)
    facts["seconds_cpu_measuring"] = round(time.process_time() - before, 1)
    facts["ranked_per_cpu_second"] = round(speed(walk, places[-500:], trained))
    facts["state"] = sizes_of(walk.state)
    facts["candidate_recall"] = float((ranks[MIX] < MISSED).mean()) if len(places) else float("nan")
    rows = group_figures(ranks, stream.user[places], groups(stream, places), window.resamples, window.seed)
    return Result(rows, facts, trained, ranks, places)


def train_before(
    walk: Walk, params: NewsParams, window: Window, facts: dict[str, Any], say: Callable[[str], None]
) -> Ranker:
    """A ranker that learns from the last days before a window; the walk is folded up to there."""
    stream, wanted = walk.stream, params.ranker
    days = stream.between(window.start_ms - int(wanted.train_days * DAY_MS), window.start_ms)
    places = draw_places(stream, days, wanted.requests, wanted.seed)
    say(f"folding {days.start:,} clicks")
    start = time.process_time()
    walk.fold_until(days.start)
    facts["folded_per_cpu_second"] = round(days.start / max(time.process_time() - start, 1e-9))
    say(f"{facts['folded_per_cpu_second']:,} clicks per CPU second; rows of {len(places):,} requests")
    rows = collect(walk, places, wanted)
    held_from = int(rows.place[len(rows.place) * 5 // 6]) if wanted.early_stopping and len(rows.place) else len(stream)
    say(f"training on {len(rows.sizes):,} requests, {len(rows.label):,} rows")
    ranker = train(*rows.split(held_from), wanted)
    facts |= {"train_requests": len(rows.sizes), "train_rows": len(rows.label), "trees": ranker.booster.num_trees()}
    return ranker


def evaluated_clicks(stream: Stream, window: Window, facts: dict[str, Any]) -> IntArray:
    """The clicks that are evaluated, ascending."""
    drawn = np.random.default_rng(window.seed).random(len(stream.user_ids)) < window.share
    within = stream.between(window.start_ms, window.end_ms)
    places = np.arange(within.start, within.stop)
    places = places[drawn[stream.user[places]]]
    again = stream.reread[places]
    facts |= {"cases": int((~again).sum()), "skipped_already_read": int(again.sum())}
    return places[~again]


def _models(walk: Walk, ranker: Ranker, peers: Mapping[str, Callable[[Walk], CaseRank]]) -> dict[str, Model]:
    ranks = {RANKED: by_scores(ranker.rank), MIX: by_scores(lambda found: found.mix)}
    ranks |= {name: by_clicks(walk, window) for name, window in MOST_READ.items()}
    ranks |= {name: make(walk) for name, make in peers.items()}
    of = CaseModels(walk)
    return {name: of.model(rank) for name, rank in ranks.items()}


def speed(walk: Walk, places: IntArray, ranker: Ranker) -> float:
    """Requests ranked in one CPU second, candidates, features and scores together; all are asked now."""
    now_ms = walk.state.now_ms
    queries = [walk.stream.query(int(place)) for place in places]
    start = time.process_time()
    for query in queries:
        ranker.rank(candidates(walk.state, query, now_ms))
    return len(queries) / max(time.process_time() - start, 1e-9)


def table(rows: list[GroupFigure], group: str) -> str:
    """The figures of one group as a table for people.

    Args:
        rows: as ``group_figures`` gives them.
        group: name of the group of clicks.
    """
    models = list(dict.fromkeys(row.model for row in rows))
    clicks = next((row.clicks for row in rows if row.group == group), 0)
    lines = [f"{group} ({clicks:,} clicks)", f"{'':<34}" + "".join(f"{name:>24}" for name in MEASURES)]
    for model in models:
        mine = {row.measure: row for row in rows if row.group == group and row.model == model}
        cells = (f"{mine[m].value:.3f} [{mine[m].low:.3f}, {mine[m].high:.3f}]" for m in MEASURES)
        lines.append(f"{model:<34}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)


def groups(stream: Stream, places: IntArray) -> dict[str, Bools]:
    """All clicks, first, later and last of a session, and each segment's: bool (n) by name."""
    first, last = (flags[places] for flags in stream.place_in_session)
    segments = stream.segments[places]
    by_segment = {name: segments == code for code, name in enumerate(SEGMENT_NAMES)}
    everything = np.ones(len(places), bool)
    return {"all": everything, "first": first, "later": ~first, "last": last, **by_segment}
