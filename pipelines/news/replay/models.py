"""The models of a replay of the held-out window: composed releases, and the segment's model alone."""

from collections.abc import Callable
from dataclasses import replace

from pipelines.news.replay.figures import MISSED
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.ranking.context import known_reads
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.segment_list import SegmentSource
from script_shared.news.serving.recommender import LiveRecommender

Model = Callable[[Query, str], int]
WITHOUT, LISTED = "without_ranker", "segment_model"


def answering(recommender: LiveRecommender, n: int) -> Model:
    """Rank of the clicked article in the answer of n items that the user would have got; nothing is explored."""

    def rank(query: Query, article: str) -> int:
        answer = recommender.answer(replace(query, n=n, explore_slots=0))
        ids = [item.article_id for item in answer.items]
        return ids.index(article) if article in ids else MISSED

    return rank


def listing(recommender: LiveRecommender, n: int) -> Model:
    """Rank of the clicked article in the list of the segment's model alone, which knows the user's live reads."""
    model, newsroom = recommender.model, recommender.newsroom
    assert model is not None
    source = SegmentSource(model, newsroom, CatalogRows(model.catalog))

    def rank(query: Query, article: str) -> int:
        ids = source.best(query, known_reads(model, newsroom, query), n).ids
        return ids.index(article) if article in ids else MISSED

    return rank
