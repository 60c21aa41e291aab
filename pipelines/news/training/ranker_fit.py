"""The ranker of a run: learns on most of the hours between R and T, the rest shows how each segment is served best."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.news.replay.walk import Case, Walk, segments_of
from pipelines.news.split.moments import Moments
from pipelines.news.training.early_rows import Rows
from pipelines.news.training.ranker_model import LEAST_REQUESTS, train
from pipelines.news.training.ranker_replay import ClickOffer, ReplayPlan, offers
from pipelines.news.training.ranker_rows import rows_of
from pipelines.news.training.renewal import Renewal
from pipelines.news.training.served_order import RecordedRequest, choices, mixing_of
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.segments import SEGMENT_NAMES


@dataclass(frozen=True)
class FittedRanker:
    """A ranker, None where there is none, how the live order is mixed, and facts for people."""

    ranker: Ranker | None
    mixing: Mixing
    facts: dict[str, Any] = field(default_factory=dict)


def learn(
    walk: Walk,
    rank_folder: Path,
    renewal: Renewal,
    at: Moments,
    plan: ReplayPlan,
    early: Rows | None,
    params: NewsParams,
) -> FittedRanker:
    """Replay the reads between R and T through the serving code and train on them.

    Args:
        walk: has folded everything until R.
        rank_folder: the models as of R.
        renewal: brings them up to date.
        at: the moments of the run.
        plan: the clicks.
        early: waits for the rows of the early clicks; None if they are replayed here, too.
        params: of the use case.
    """
    own = plan if early is None else plan.part(early=False)
    found = offers(walk, rank_folder, renewal, at.fitted, own, params)
    shown: list[RecordedRequest] = []
    rows = rows_of(_kept_apart(walk, found, own, shown), walk.stream.weight, params.ranker)
    if early is not None:
        rows = early().followed_by(rows)
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


def _kept_apart(
    walk: Walk, found: Iterator[ClickOffer], plan: ReplayPlan, shown: list[RecordedRequest]
) -> Iterator[Case]:
    """The cases to learn from; the others are copied into ``shown``."""
    kept_apart = set(plan.places[plan.shown].tolist())
    for place, offer, candidates in found:
        if place in kept_apart:
            shown.append(RecordedRequest.of(place, walk.stream.article_id(place), offer))
        else:
            yield walk.case(place, candidates)
