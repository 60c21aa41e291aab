"""Recommenders with parts made by hand, where fitting them would need what only training has."""

import numpy as np

from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.cluster_popularity import ClusterPopularity, ClusterWeights
from script_shared.algorithms.content import Content, ContentWeights
from script_shared.algorithms.factors import Factors
from script_shared.algorithms.kmeans import Grouping
from script_shared.algorithms.sparse_rows import SparseRows
from script_shared.arrays import Strings
from script_shared.news.params import ModelParams
from script_shared.news.readers.behaviour import HOUR_SHARES, QUANTITIES, Topics
from script_shared.news.readers.training_data import TrainingData
from script_shared.news.recommenders.base import Recommender
from script_shared.news.recommenders.grouped import GroupRecommender
from script_shared.news.recommenders.hybrid import Hybrid
from script_shared.news.recommenders.popular import Popular, count

FACTORS = 4
WORDS = ("cafe", "eleicao", "futebol")


def recommenders(snapshot: TrainingData, params: ModelParams) -> dict[str, Recommender]:
    """One for every segment."""
    popularity = count(snapshot, params.popularity)
    return {
        "logged": Hybrid(params, _als(snapshot), _content(snapshot), popularity, strengths=(0.25, 0.5)),
        "semi_logged": _grouped(snapshot, params),
        "anonymous": Popular(popularity),
    }


def _als(snapshot: TrainingData) -> Als:
    random = np.random.default_rng(1)
    read = np.unique(snapshot.reads.article)
    vectors = random.normal(size=(len(read), FACTORS)).astype(np.float32)
    items = Factors.of(read, vectors, snapshot.n_articles)
    who = np.flatnonzero(snapshot.logged)
    users = Factors.of(who, random.normal(size=(len(who), FACTORS)), snapshot.n_users)
    return Als(AlsWeights(FACTORS, 0.1, 1, 1.0), users, users, items, len(read), vectors.T @ vectors)


def _content(snapshot: TrainingData) -> Content:
    texts = [WORDS[row % len(WORDS)] for row in range(snapshot.n_articles)]
    empty = SparseRows.empty(snapshot.n_articles, len(WORDS))
    content = Content(ContentWeights(10, 5, 24.0), Strings.of(WORDS), np.ones(len(WORDS), np.float32), empty)
    return content.with_texts(np.arange(snapshot.n_articles), texts)


def _grouped(snapshot: TrainingData, params: ModelParams) -> GroupRecommender:
    topics, reads, n_groups = Topics.of(snapshot), snapshot.reads, 2
    d = QUANTITIES + HOUR_SHARES + sum(topics.sizes)
    components = np.random.default_rng(2).normal(size=(2, d))
    grouping = Grouping(np.full(d, np.inf), np.zeros(d), np.ones(d), components, np.eye(n_groups))
    group = (np.arange(snapshot.n_users) % n_groups).astype(np.int16)
    clusters = ClusterPopularity.fit(
        reads.user,
        reads.article,
        reads.time_ms,
        group,
        topics.codes(snapshot),
        count(snapshot, params.popularity),
        n_groups=n_groups,
        weights=ClusterWeights(0.5, 10.0),
    )
    return GroupRecommender(params, topics, grouping, clusters, strength=0.5)
