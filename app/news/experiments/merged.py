"""One list out of the answers of two variants."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from script_shared.experiments.interleaving import NOBODY, team_draft
from script_shared.news.ranking.query import LiveAnswer, LiveItem

MERGED, EDITORS = "interleaved", "editors"  # the source of a merged list; of an item that editors chose


def merge_answers(first: LiveAnswer, second: LiveAnswer, n: int, draw: Random) -> tuple[LiveAnswer, bytes]:
    """The merged answer, and for each place which answer it came from.

    An article that the editors gave the same place in both lists keeps it, and belongs to neither. Scores of two models
    cannot be compared, so each item keeps its own, lowered where the one before it has less.
    """
    items = [{item.article_id: item for item in answer.items} for answer in (first, second)]
    ids, owners = team_draft(list(items[0]), list(items[1]), n, draw, _shared_places(first.items, second.items))
    least, found = 1.0, list[LiveItem]()
    for article_id, owner in zip(ids, owners, strict=True):
        item = items[0 if owner == NOBODY else owner][article_id]
        least = least if owner == NOBODY else min(least, item.score)  # its own score is that of its neighbours there
        found.append(item._replace(score=least))
    source = first.source if first.source == second.source else MERGED
    degraded = list(dict.fromkeys([*first.degraded, *second.degraded]))
    return replace(first, items=found, source=source, degraded=degraded, draw=None), owners


def _shared_places(first: Sequence[LiveItem], second: Sequence[LiveItem]) -> dict[int, str]:
    """By place the articles that the editors gave this place in both lists."""
    return {
        place: one.article_id
        for place, (one, other) in enumerate(zip(first, second, strict=False))
        if one.article_id == other.article_id and one.source == other.source == EDITORS
    }
