"""A checkerboard: even readers read even articles, odd readers odd ones; every algorithm is fitted on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.cluster_popularity import ClusterPopularity, ClusterWeights
from script_shared.algorithms.content import Content, ContentWeights
from script_shared.algorithms.histories import Batch, Candidates, Histories
from script_shared.algorithms.popularity import Popularity, PopularityWeights
from script_shared.clock import HOUR_MS

READERS, ARTICLES = 40, 30
NOW_MS = 1_660_000_000_000
ALS = AlsWeights(factors=2, regularization=0.05, iterations=10, alpha=10.0)
CONTENT = ContentWeights(max_terms=100, terms_per_article=8, profile_half_life_hours=48)
POPULARITY = PopularityWeights((1.0, 6.0), (1.0, 0.3), 6.0, 1.0)
CLUSTERS = ClusterWeights(cluster_weight=1.0, shrinkage=5.0)


class Checkerboard:
    """Reads by time, two thirds of the squares of one colour, drawn with a seed."""

    def __init__(self, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        reader, article = np.divmod(np.arange(READERS * ARTICLES), ARTICLES)
        chosen = (reader % 2 == article % 2) & (rng.random(len(reader)) < 2 / 3)
        order = rng.permutation(np.flatnonzero(chosen))
        self.reader, self.article = reader[order].astype(np.uint32), article[order].astype(np.uint32)
        self.time_ms = NOW_MS - np.sort(rng.integers(0, 12 * HOUR_MS, len(order)))[::-1]
        self.engagement = rng.uniform(1, 3, len(order)).astype(np.float32)
        self.issued_ms = NOW_MS - rng.integers(0, 24 * HOUR_MS, ARTICLES)

    @property
    def histories(self) -> Histories:
        return Histories.of(self.reader, self.article, self.time_ms, self.engagement, READERS)

    def batch(self, *rows: int) -> Batch:
        at = np.array(rows)
        return Batch(at, self.histories.take(at))

    @property
    def candidates(self) -> Candidates:
        return Candidates(np.arange(ARTICLES), self.issued_ms, NOW_MS)

    def texts(self) -> list[str]:
        return [("gol campeonato torcida " if row % 2 else "juros dólar inflação ") * 2 for row in range(ARTICLES)]


def als(board: Checkerboard) -> Als:
    return Als.fit(board.reader, board.article, board.engagement, (READERS, ARTICLES), ALS)


def content(board: Checkerboard) -> Content:
    return Content.fit(board.texts(), ARTICLES, CONTENT).with_texts(np.arange(ARTICLES), board.texts())


def popularity(board: Checkerboard) -> Popularity:
    return Popularity.fit(board.article, board.time_ms, ARTICLES, NOW_MS, POPULARITY)


def clusters(board: Checkerboard) -> ClusterPopularity:
    group = (np.arange(READERS) % 2).astype(np.int16)
    topics = np.full((2, ARTICLES), -1, np.int16)
    everybody = popularity(board)
    return ClusterPopularity.fit(
        board.reader, board.article, board.time_ms, group, topics, everybody, n_groups=2, weights=CLUSTERS
    )


FITS: dict[str, Callable[[Checkerboard], Any]] = {
    "als": als,
    "content": content,
    "popularity": popularity,
    "clusters": clusters,
}
LOADS: dict[str, Callable[[Path, Checkerboard], Any]] = {
    "als": lambda folder, board: Als.load(folder, ALS),
    "content": lambda folder, board: Content.load(folder, CONTENT),
    "popularity": lambda folder, board: Popularity.load(folder, POPULARITY),
    "clusters": lambda folder, board: ClusterPopularity.load(folder, popularity(board), CLUSTERS),
}
