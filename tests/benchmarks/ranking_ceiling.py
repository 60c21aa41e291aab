"""How high the hit rate could get: orders that know the clicks to come, and the best lists in hindsight."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from pipelines.measures.bootstrap import interval, resampled_group_means
from pipelines.news.evaluation.rolling import DAY_MS, RANKED, Window, evaluated_clicks, groups
from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.models import by_clicks, rank_in, rank_of
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case, Walk
from pipelines.news.training.ranker_model import train
from pipelines.news.training.ranker_rows import choose, draw_places, rows_of
from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams, RankerParams
from script_shared.news.ranking.features import FEATURES, matrix
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state import LiveState
from tests.benchmarks.entrants import RARE
from tests.benchmarks.peers import Past, most_read_now
from tests.benchmarks.ranking_ahead import AHEAD, Ahead
from tests.benchmarks.ranking_day import Day
from tests.benchmarks.stan import Stan

PEER, READ = "VSTAN", "most read, 10m"
NEXT, NEXT_ALIKE = "most read in the next 10 minutes", "most read in the next 10 minutes in the segment"
BEST, BEST_OF_OTHERS = "best list of each 5 minutes and segment", "the same without the user's own clicks"
INFORMED, OFFERED = "LambdaRank that knows others' clicks to come", "the clicked article is a candidate"
LISTS = (PEER, RANKED, READ, NEXT, NEXT_ALIKE, BEST, BEST_OF_OTHERS, INFORMED)  # rows that are lists, the peer first
GROUPS = ("all", "first", *SEGMENT_NAMES)
AIM = 1.1  # times the hit rate of the peer
DEEPER = (20, 30)  # places of the most read beyond the first ten


def ceiling_of(name: str, stream: Stream, params: NewsParams, window: Window, say: Callable[[str], None]) -> Day:
    """The ranks of the clicks of a day by everything that the table compares.

    Args:
        name: of the day.
        stream: the clicks until the end of the window, beyond which nothing is seen in advance.
        params: of the ranker and the live state.
        window: where the clicks to evaluate lie.
        say: called with a line of progress.
    """
    walk, ahead = Walk(stream, Newsroom(LiveState(params.live))), Ahead(Past(stream))
    days = stream.between(window.start_ms - int(params.ranker.train_days * DAY_MS), window.start_ms)
    requests = draw_places(stream, days, params.ranker.requests, params.ranker.seed)
    say(f"folding {days.start:,} clicks; rows of {len(requests):,} requests; two rankers")
    rankers = informed_rankers(walk, requests, ahead, params.ranker)
    places = evaluated_clicks(stream, window, {})
    say(f"{len(places):,} clicks to evaluate")
    ranks = note(walk, places, ahead, *rankers)
    facts = {"window": asdict(window)}
    return Day(name, ranks, stream.user[places], groups(stream, places), np.ones(len(places), bool), [PEER], facts)


def informed_rankers(walk: Walk, places: IntArray, ahead: Ahead, params: RankerParams) -> tuple[Ranker, Ranker]:
    """A ranker, and one that also has the features ``AHEAD``, fitted on the same requests."""
    told: list[Float32s] = []

    def noted() -> Iterator[Case]:
        for case in walk.cases(places.tolist()):
            if case.truth >= 0:
                kept = choose(case, params.negatives, np.random.default_rng((params.seed, case.place)))
                told.append(ahead.columns(case)[kept])
            yield case

    rows = rows_of(noted(), walk.stream.weight, params)
    plain = train(rows, rows.none(), params)
    more = replace(rows, features=np.hstack([rows.features, np.concatenate(told)]))
    return plain, train(more, more.none(), params, [*FEATURES, *AHEAD])


def note(walk: Walk, places: IntArray, ahead: Ahead, ranker: Ranker, informed: Ranker) -> dict[str, IntArray]:
    """By row of the table int64 (places): rank of the clicked article, from 0; ``MISSED`` where it is not there."""
    peer = Stan(ahead.past, DAY_MS, rare=RARE)
    most_read, article_id = by_clicks(walk, "10m"), walk.stream.article_id
    found: dict[str, list[int]] = {}
    for case in walk.cases(places.tolist()):
        place, features = case.place, matrix(case.found, ranker.names)
        following, alike, *_ = ahead.next_clicks(place)
        of_case = {
            PEER: rank_in(peer.recommend(place, most_read_now(case)), article_id(place)),
            RANKED: rank_of(ranker.rank_rows(features), case.truth),
            READ: most_read(case),
            NEXT: ahead.rank(following, place),
            NEXT_ALIKE: ahead.rank(alike, place),
            BEST: ahead.rank(ahead.around(place), place),
            BEST_OF_OTHERS: ahead.rank(ahead.around_of_others(place), place),
            INFORMED: rank_of(informed.rank_rows(np.hstack([features, ahead.columns(case)])), case.truth),
            OFFERED: 0 if case.truth >= 0 else MISSED,
        }
        for name, rank in of_case.items():
            found.setdefault(name, []).append(rank)
    return {name: np.array(ranks, np.int64) for name, ranks in found.items()}


def write_ceiling(days: Sequence[Day], output: Path, resamples: int, seed: int) -> str:
    """The table of all days together as markdown, also written to ``ceiling.md``."""
    text = markdown(days, resamples, seed)
    output.mkdir(parents=True, exist_ok=True)
    (output / "ceiling.md").write_text(text, encoding="utf-8")
    return text


def markdown(days: Sequence[Day], resamples: int, seed: int) -> str:
    """HR@10 of every row, and how far it is ahead of the peer on the same clicks, with 95 % intervals by user."""
    ranks = {name: np.concatenate([day.ranks[name] for day in days]) for name in (*LISTS, OFFERED)}
    hits = {name: of < 10 for name, of in ranks.items()}
    hits |= {f"the clicked article is among the {k} most read, 10m": ranks[READ] < k for k in DEEPER}
    values = np.stack(list(hits.values()), axis=1).astype(np.float64)
    users = np.concatenate([day.users * len(days) + turn for turn, day in enumerate(days)])
    columns = []
    for group in GROUPS:
        member = np.concatenate([day.members[group] for day in days])
        columns.append(_column(values[member], users[member], resamples, seed))
    lines = [f"# How far {len(users):,} clicks of {len(days)} days could be ranked", ""]
    lines += [_line("HR@10", *(group.replace("_", "-") for group in GROUPS)), _line(*["---"] * (1 + len(GROUPS)))]
    lines += [_line(*cells) for cells in zip(["clicks", f"aim: {AIM} x {PEER}", *hits], *columns, strict=True)]
    return "\n".join([*lines, ""])


def _column(values: FloatArray, users: IntArray, resamples: int, seed: int) -> list[str]:
    """The cells of one group: its clicks, the aim, and the hit rate of each row, with the lead of each list."""
    if not len(values):
        return ["0", *[""] * (values.shape[1] + 1)]
    mean, peer = values.mean(axis=0), LISTS.index(PEER)
    drawn = resampled_group_means(values, users, resamples, seed)
    low, high = interval(drawn / drawn[:, [peer]] - 1.0)
    cells = [f"{of:.3f}" for of in mean]
    for row in range(1, len(LISTS)):
        cells[row] += f" ({_lead(mean[row] / mean[peer] - 1, low[row], high[row])})"
    return [f"{len(values):,}", f"{AIM * mean[peer]:.3f}", *cells]


def _lead(value: float, low: float, high: float) -> str:
    return f"{100 * value:+.1f} %, {100 * low:+.1f} to {100 * high:+.1f}"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
