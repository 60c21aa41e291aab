"""One list out of the answers of two variants."""

from dataclasses import replace
from random import Random

from script_shared.experiments.interleaving import team_draft
from script_shared.news.ranking.query import LiveAnswer

MERGED = "interleaved"


def merge_answers(first: LiveAnswer, second: LiveAnswer, n: int, draw: Random) -> tuple[LiveAnswer, bytes]:
    """The merged answer, and for each place which answer it came from.

    Scores of two models cannot be compared, so each item keeps its own, lowered where the one before it has less.
    """
    items = [{item.article_id: item for item in answer.items} for answer in (first, second)]
    ids, owners = team_draft(list(items[0]), list(items[1]), n, draw)
    least, found = 1.0, []
    for article_id, owner in zip(ids, owners, strict=True):
        item = items[owner][article_id]
        least = min(least, item.score)
        found.append(item._replace(score=least))
    source = first.source if first.source == second.source else MERGED
    degraded = list(dict.fromkeys([*first.degraded, *second.degraded]))
    return replace(first, items=found, source=source, degraded=degraded, draw=None), owners
