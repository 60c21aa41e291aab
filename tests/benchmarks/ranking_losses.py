"""Where clicks are missed: not among the candidates, and why, or ranked low, and by which features."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.news.evaluation.rolling import Window, evaluated_clicks, train_before
from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.models import rank_of
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case, Walk
from script_shared.arrays import FloatArray, IntArray
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.ranking.features import matrix
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state import LiveState

FACTS, CASES = "losses.json", "losses.npz"
HOUR_MS, LOCAL_HOURS = 3_600_000, -3  # the readers' time zone, from UTC
LISTED, NEXT = 10, 20  # places that are good, and the next ones
FOUND, NEW, WITHOUT_ROW, QUIET, CROWDED = range(5)
REASONS = {
    NEW: "nobody had clicked it before",
    WITHOUT_ROW: "it had lost its row to articles that are read more",
    QUIET: "no live signal says anything of it",
    CROWDED: "its live signals are weaker than those of all candidates",
}
COLUMNS = ("rank", "reason", "age_hours", "popularity", "segment", "hour", "depth", "reads")
DIMENSIONS: dict[str, tuple[str, Sequence[float], Sequence[str]]] = {
    "age of the article": (
        "age_hours",
        (0.0, 0.5, 2, 6, 12, 24, 72),
        ("no click yet", "to 30 min", "30 min to 2 h", "2 to 6 h", "6 to 12 h", "12 to 24 h", "1 to 3 days", "older"),
    ),
    "its place among the most read of an hour": (
        "popularity",
        (10, 20, 50, 100, 200),
        ("1 to 10", "11 to 20", "21 to 50", "51 to 100", "101 to 200", "further down"),
    ),
    "segment": ("segment", range(1, len(SEGMENT_NAMES)), SEGMENT_NAMES),
    "hour of the day, where the users are": ("hour", (6, 12, 18), ("0 to 5", "6 to 11", "12 to 17", "18 to 23")),
    "clicks in the visit before": ("depth", (1, 2, 4, 8), ("none", "1", "2 or 3", "4 to 7", "8 and more")),
    "reads of the user before": ("reads", (1, 3, 11, 41), ("none", "1 or 2", "3 to 10", "11 to 40", "more")),
}  # fmt: skip


@dataclass(frozen=True)
class Losses:
    """n cases of one day, and what the features say of clicked articles that are candidates and ranked low.

    Attributes:
        cases: float64 (n, columns), as ``COLUMNS`` names them; the age is -1 for an article without earlier clicks.
        features: names of the ranker's features.
        lacks: float64 (features), sum over low-ranked clicks of what each feature adds less than to the tenth article.
        low: number of those clicks.
    """

    cases: FloatArray
    features: tuple[str, ...]
    lacks: FloatArray
    low: int

    def save(self, folder: Path, settings: dict[str, str]) -> None:
        """Keep them, with the settings and the code that they were made with."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / CASES, cases=self.cases, lacks=self.lacks)
        whole = {"settings": settings, "features": self.features, "low": self.low}
        (folder / FACTS).write_text(json.dumps(whole), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Losses":
        """Those of a day that were kept."""
        whole = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        with np.load(folder / CASES, allow_pickle=False) as kept:
            return cls(kept["cases"], tuple(whole["features"]), kept["lacks"], whole["low"])


def record(stream: Stream, params: NewsParams, window: Window, say: Callable[[str], None]) -> Losses:
    """Train a ranker before the window, and note where each click of the window is ranked, and why.

    Args:
        stream: the clicks; those after the window are not looked at.
        params: of the ranker and the live state.
        window: where the clicks to evaluate lie.
        say: called with a line of progress.
    """
    facts: dict[str, Any] = {}
    walk = Walk(stream, Newsroom(LiveState(params.live)))
    ranker = train_before(walk, params, window, facts, say)
    places = evaluated_clicks(stream, window, facts)
    say(f"{len(places):,} clicks to evaluate")
    return note(walk, walk.cases(places.tolist()), ranker)


def note(walk: Walk, cases: Iterable[Case], ranker: Ranker) -> Losses:
    """Where each clicked article is ranked, and why."""
    rows, lacks, low = [], np.zeros(len(ranker.names)), 0
    for case in cases:
        features = matrix(case.found, ranker.names)
        scores = ranker.rank_rows(features)
        rank = rank_of(scores, case.truth)
        rows.append([rank, *_facts(walk, case)])
        if LISTED <= rank < MISSED:
            tenth = int(np.argsort(-scores, kind="stable")[LISTED - 1])
            added = ranker.contributions(features[[tenth, case.truth]])
            lacks, low = lacks + added[0] - added[1], low + 1
    return Losses(np.array(rows, np.float64).reshape(-1, len(COLUMNS)), ranker.names, lacks, low)


def _facts(walk: Walk, case: Case) -> list[float]:
    """The values of a case, in the order of ``COLUMNS``, but for the rank."""
    signals, articles, stream = case.found.signals, walk.state.articles, walk.stream
    article = stream.article_id(case.place)
    row, number = articles.find(article), articles.numbers.get(article, -1)
    share = signals.share("1h")
    seen = 0 <= row < signals.used
    reads = signals.state.readers.total[signals.place] if signals.place >= 0 else 0
    return [
        _reason(case, row, number, bool(seen and signals.mix[row] > 0)),
        max(signals.now_ms - articles.first[number], 0) / HOUR_MS if number >= 0 else -1.0,
        int((share > share[row]).sum()) if seen and share[row] > 0 else MISSED,
        int(stream.segments[case.place]),
        (signals.now_ms // HOUR_MS + LOCAL_HOURS) % 24,
        signals.depth,
        reads,
    ]


def _reason(case: Case, row: int, number: int, mixed: bool) -> int:
    """Why the clicked article is no candidate, ``FOUND`` for one."""
    if case.truth >= 0:
        return FOUND
    if number < 0:
        return NEW
    if row < 0:
        return WITHOUT_ROW
    return CROWDED if mixed else QUIET


def write_losses(folders: Sequence[Path], output: Path) -> str:
    """The tables of all days together as markdown, also written to ``losses.md``."""
    text = markdown([Losses.load(folder) for folder in folders])
    output.mkdir(parents=True, exist_ok=True)
    (output / "losses.md").write_text(text, encoding="utf-8")
    return text


def markdown(days: Sequence[Losses]) -> str:
    """Of all clicks of some days: how many are missed and how, by group, by reason and by feature."""
    cases = np.concatenate([day.cases for day in days])
    rank, reason = cases[:, 0], cases[:, 1]
    lines = [f"# Where {len(cases):,} clicks of {len(days)} days are missed", ""]
    lines += [_line("", "clicks", "in the first 10", "11 to 20", "lower", "no candidate", "of all misses")]
    lines += [_line(*["---"] * 7), _counts("**all**", rank, np.ones(len(rank), bool))]
    for title, (column, bounds, labels) in DIMENSIONS.items():
        lines.append(_line(f"*{title}*", *[""] * 6))
        which = np.searchsorted(np.array(bounds), cases[:, COLUMNS.index(column)], side="right")
        lines += [_counts(label, rank, which == place) for place, label in enumerate(labels)]
    lines += ["", _line("why it is no candidate", "of all clicks"), _line("---", "---")]
    lines += [_line(words, f"{(reason == code).mean():.1%}") for code, words in REASONS.items()]
    return "\n".join([*lines, "", *_features(days), ""])


def _features(days: Sequence[Losses]) -> list[str]:
    low = max(sum(day.low for day in days), 1)
    mean = sum(day.lacks for day in days) / low
    lines = [_line("feature of a low-ranked candidate", "score that it lacks to the tenth"), _line("---", "---")]
    return lines + [_line(days[0].features[place], f"{mean[place]:.3f}") for place in np.argsort(-mean)[:12]]


def _counts(label: str, rank: IntArray, member: IntArray) -> str:
    of, misses = rank[member], max(int((rank >= LISTED).sum()), 1)
    if not len(of):
        return _line(label, "0", *[""] * 5)
    parts = [of < LISTED, (of >= LISTED) & (of < NEXT), (of >= NEXT) & (of < MISSED), of >= MISSED]
    missed = int((of >= LISTED).sum()) / misses
    return _line(label, f"{len(of):,}", *(f"{part.mean():.3f}" for part in parts), f"{missed:.1%}")


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
