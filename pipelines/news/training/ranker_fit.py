"""The ranker of a run: learns on most of the hours between R and T, the rest shows how each segment is served best."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.news.replay.sampling import draw
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case, Walk, case_of, place_after, recommender_of, segments_of
from pipelines.news.split.moments import Moments
from pipelines.news.training.ranker_model import LEAST_REQUESTS, train
from pipelines.news.training.ranker_rows import rows_of
from pipelines.news.training.renewal import Renewal
from pipelines.news.training.served_order import RecordedRequest, choices, mixing_of
from script_shared.arrays import IntArray
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.ranking.offer import Offer
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.segments import SEGMENT_NAMES

BLOCKS, SHOWN_EVERY = 48, 6  # the hours are cut into blocks; each sixth shows, at every time of the day, what helps


@dataclass(frozen=True)
class FittedRanker:
    """A ranker, None where there is none, how the live order is mixed, and facts for people."""

    ranker: Ranker | None
    mixing: Mixing
    facts: dict[str, Any] = field(default_factory=dict)


def learn(walk: Walk, rank_folder: Path, renewal: Renewal, at: Moments, params: NewsParams) -> FittedRanker:
    """Replay the reads between R and T through the serving code and train on them.

    Args:
        walk: has folded everything until R.
        rank_folder: the models as of R.
    """
    within = range(walk.folded, place_after(walk.stream, at.split))
    places = draw(walk.stream, within, params.ranking.requests, params.ranker.seed).places
    shown: list[RecordedRequest] = []
    learned = _kept_apart(
        walk,
        _offers(walk, rank_folder, renewal, at.fitted, places, params),
        _blocks(walk.stream, within, places),
        shown,
    )
    rows = rows_of(learned, walk.stream.weight, params.ranker)
    enough_rows = len(rows.sizes) >= LEAST_REQUESTS
    ranker = train(rows, rows.none(), params.ranker) if enough_rows else None
    grid = params.serving.trusted_clicks
    chosen = choices(shown, segments_of(walk.stream, [case.place for case in shown]), ranker, grid)
    mixing = mixing_of(chosen, grid[0])
    facts: dict[str, Any] = {"requests": len(rows.sizes), "rows": len(rows.label)}
    facts["shown"] = {name: choice.facts for name, choice in chosen.items()}
    if ranker is None:
        return FittedRanker(
            None,
            mixing,
            {**facts, "why_not": f"{len(rows.sizes)} requests are too few to learn from; set ranking.hours higher"},
        )
    ranker.segments = tuple(name for name in SEGMENT_NAMES if chosen[name].ranker)
    facts |= {"trees": ranker.booster.num_trees(), "served_segments": list(ranker.segments)}
    if not ranker.segments:
        return FittedRanker(None, mixing, {**facts, "why_not": "the order without it is better in every segment"})
    return FittedRanker(ranker, mixing, facts)


def _offers(
    walk: Walk, rank_folder: Path, renewal: Renewal, start_ms: int, places: IntArray, params: NewsParams
) -> Iterator[tuple[int, Offer]]:
    """The candidates that the serving code would have ranked just before each click."""
    for at_ms, some in renewal.periods(walk.stream, places, start_ms):
        folder = renewal.folder(rank_folder, "rank", start_ms, at_ms)
        recommender = recommender_of(folder, walk, at_ms, params)
        for request in walk.requests(some.tolist(), recommender):
            if (offer := recommender.offer(request.query)).found is not None:
                yield request.place, offer


def _blocks(stream: Stream, within: range, places: IntArray) -> dict[int, int]:
    """By place the block of time it lies in."""
    if not len(within):
        return {}
    first, last = stream.time_ms[[within.start, within.stop - 1]]
    blocks = (stream.time_ms[places] - first) * BLOCKS // (last - first + 1)
    return dict(zip(places.tolist(), blocks.tolist(), strict=True))


def _kept_apart(
    walk: Walk, found: Iterator[tuple[int, Offer]], blocks: dict[int, int], shown: list[RecordedRequest]
) -> Iterator[Case]:
    """The cases to learn from; the others are copied into ``shown``."""
    for place, offer in found:
        assert offer.found is not None
        wanted = walk.stream.article_id(place)
        if blocks[place] % SHOWN_EVERY == SHOWN_EVERY - 1:
            shown.append(RecordedRequest.of(place, wanted, offer))
        else:
            yield case_of(place, offer.found, walk.state.article_row(wanted))
