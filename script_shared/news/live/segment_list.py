"""The release's own list for a reader: what it knows, with reads of the event log joined, but not of the erased."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.query import Query
from script_shared.news.model import NewsModel

LATEST_READS = 30  # live reads that the segment's model is told of


@dataclass(frozen=True)
class SegmentList:
    """The segment, the recommender that answered, and its articles, best first.

    Attributes:
        reasons, scores: by article id.
    """

    segment: str
    source: str
    ids: list[str]
    reasons: dict[str, str]
    scores: dict[str, float]


def known_reads(model: NewsModel | None, newsroom: Newsroom, user: str) -> frozenset[int]:
    """Rows of the catalog that the release knows as read by a reader who was not erased."""
    if model is None or not user or not newsroom.knows_reader(user):
        return frozenset()
    row = model.readers.ids.row(user)
    return frozenset(model.readers.histories.take(np.array([row])).article.tolist())


def segment_list(model: NewsModel, newsroom: Newsroom, query: Query, known: Collection[int], count: int) -> SegmentList:
    """The ``count`` best articles by the release alone."""
    ids = model.catalog.ids
    live = [
        article
        for article in newsroom.latest_reads(query.user, query.session, LATEST_READS)
        if (row := ids.row(article)) >= 0 and row not in known
    ]
    user = query.user if newsroom.knows_reader(query.user) else None
    answer = model.recommend(user, count, history=[*live, *query.history], exclude=[*query.exclude, query.context_item])
    found = [ids.ids[item.article] for item in answer.items]
    reasons = {article: item.reason for article, item in zip(found, answer.items, strict=True)}
    scores = {article: item.score for article, item in zip(found, answer.items, strict=True)}
    return SegmentList(answer.segment, answer.source, found, reasons, scores)


def longer_lists(
    model: NewsModel, newsroom: Newsroom, query: Query, known: Collection[int], count: int
) -> Iterator[str]:
    """Article ids of ever longer lists, until the release has no more."""
    while True:
        found = segment_list(model, newsroom, query, known, count).ids
        yield from found
        if len(found) < count:
            return
        count *= 10
