"""Replays real clicks once and keeps the lists of two variants before every click: with the ranker, and without it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipelines.news.evaluation.rolling import Window, evaluated_clicks, train_before
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Walk
from script_shared.arrays import FloatArray, IntArray
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.state.state import LiveState

CUTOFF = 10
NOTHING = -1
SAY_EVERY = 5_000


class Answers(NamedTuple):
    """n answers in the order of time, each with the lists of both variants.

    Attributes:
        user: int64 (n), whose answer it is.
        clicked: int64 (n), the article clicked next; numbers agree only within an answer.
        ranked, mixed: int64 (n, 10), the lists with the ranker and without it, -1 padded.
    """

    user: IntArray
    clicked: IntArray
    ranked: IntArray
    mixed: IntArray


def replay(
    stream: Stream, params: NewsParams, window: Window, say: Callable[[str], None]
) -> tuple[Answers, dict[str, Any]]:
    """The answers of a window, and facts of the replay. The ranker learned from the days before."""
    walk, facts = Walk(stream, Newsroom(LiveState(params.live))), dict[str, Any]()
    ranker = train_before(walk, params, window, facts, say)
    places = evaluated_clicks(stream, window, facts)
    found = Answers(
        stream.user[places].astype(np.int64),
        np.full(len(places), NOTHING),
        np.full((len(places), CUTOFF), NOTHING),
        np.full((len(places), CUTOFF), NOTHING),
    )
    for turn, case in enumerate(walk.cases(places.tolist())):
        if turn % SAY_EVERY == 0:
            say(f"{turn:,} of {len(places):,} answers")
        rows = case.found.rows
        found.clicked[turn] = rows[case.truth] if case.truth >= 0 else NOTHING - 1
        _write(found.ranked[turn], rows, ranker.rank(case.found))
        _write(found.mixed[turn], rows, case.found.mix)
    return found, facts


def _write(into: IntArray, rows: IntArray, scores: FloatArray) -> None:
    best = rows[np.argsort(-scores, kind="stable")[:CUTOFF]]
    into[: len(best)] = best


def save(path: Path, answers: Answers) -> None:
    """Keep the answers for the next run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **answers._asdict())


def load(path: Path) -> Answers:
    """The answers that :func:`save` kept."""
    with np.load(path, allow_pickle=False) as kept:
        return Answers(*(kept[name] for name in Answers._fields))
