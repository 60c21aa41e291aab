"""A snapshot with its reads in files for Spark; users, articles, counts and factors are in this process's memory."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import read_interactions
from pipelines.news.refine.spark.columns import PLACE
from pipelines.news.training.spark import factors
from pipelines.news.training.spark.behaviour import FeatureTask, SparkBehaviour
from pipelines.news.training.spark.counts import (
    COUNT,
    COUNTED,
    ROW,
    ROWS,
    CountReads,
    CountTopics,
    DecayReads,
    FindArticles,
    decayed_of,
)
from pipelines.news.training.spark.read_parts import BY_ARTICLE, BY_USER, ReadParts, array_of
from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.histories import Histories
from script_shared.arrays import Bools, Float32s, Int16s, Int64s, IntArray
from script_shared.news.readers.reads import Reads
from script_shared.news.readers.snapshot import Snapshot


@dataclass(frozen=True)
class SparkSnapshot(Snapshot):
    """All that was known at ``as_of_ms``.

    Attributes:
        parts: the reads, including later ones.
    """

    parts: ReadParts
    _popularity: dict[tuple[float, ...], Float32s] = field(default_factory=dict, init=False)  # several callers need it

    def until(self, ms: int) -> "SparkSnapshot":
        return replace(self, as_of_ms=ms)

    def reads_by_user(self) -> Int64s:
        return self._by_user

    def reads_by_article(self) -> Int64s:
        return self._by_article

    def reads_since(self, start_ms: int) -> Reads:
        some = read_interactions(self.parts.interactions, start_ms, self.as_of_ms)
        return Reads(**{name: getattr(some, name) for name in Reads.__dataclass_fields__})

    def histories(self, users: IntArray | None = None) -> Histories:
        counts = self.reads_by_user() if users is None else self.reads_by_user()[users]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        article, time_s = (np.zeros(offsets[-1], np.uint32) for _ in range(2))
        engagement = np.zeros(offsets[-1], np.float32)
        for file in self.parts.files[BY_USER]:  # a part has all reads of its users
            rows = self._of_users(pl.scan_parquet(file, glob=False), users)
            owner = rows[c.USER].to_numpy()
            mine = owner if users is None else np.searchsorted(users, owner)
            first = np.searchsorted(owner, owner)  # where the rows of the same user begin
            places = offsets[mine] + np.arange(len(owner)) - first
            article[places] = rows[c.ARTICLE].to_numpy()
            time_s[places] = rows[c.TIMESTAMP].to_numpy() // 1000
            engagement[places] = rows[c.ENGAGEMENT].to_numpy()
        return Histories(offsets, article, time_s, engagement)

    def popularity(self, half_lives_hours: tuple[float, ...]) -> Float32s:
        if half_lives_hours not in self._popularity:
            task = DecayReads(self.as_of_ms, half_lives_hours)
            found = self.parts.gather(BY_ARTICLE, task, task.columns, self.as_of_ms)
            self._popularity[half_lives_hours] = decayed_of(found, 1, self.n_articles)[0]
        return self._popularity[half_lives_hours]

    def decayed_by_group(
        self, group: Int16s, n_groups: int, start_ms: int, half_lives_hours: tuple[float, ...]
    ) -> Float32s:
        task = DecayReads(self.as_of_ms, half_lives_hours, self.parts.share(group), n_groups)
        found = self.parts.gather(BY_ARTICLE, task, task.columns, self.as_of_ms, start_ms)
        return decayed_of(found, n_groups, self.n_articles)

    def topic_reads(self, group: Int16s, n_groups: int, start_ms: int, topics: Int16s) -> Int64s:
        task = CountTopics(self.parts.share(group), n_groups, self.parts.share(topics))
        shape = (len(topics), n_groups, int(topics.max(initial=-1)) + 1)
        found = self.parts.gather(BY_ARTICLE, task, COUNTED, self.as_of_ms, start_ms)
        return array_of(found, ROW, COUNT, int(np.prod(shape))).reshape(shape)

    def behaviour(self, topics: Int16s, sizes: tuple[int, int], start_ms: int) -> SparkBehaviour:
        task = FeatureTask(self.parts.share(topics), sizes)
        return SparkBehaviour.of(self.parts, task, self.n_users, self.as_of_ms, start_ms)

    def articles_read(self, members: Bools, start_ms: float) -> Int64s:
        task = FindArticles(self.parts.share(members))
        found = self.parts.gather(BY_ARTICLE, task, ROWS, self.as_of_ms, int(np.ceil(start_ms)))
        return found[ROW].sort().to_numpy()

    def factorise(self, members: Bools, weights: AlsWeights) -> Als:
        return factors.factorise(self.parts, self.as_of_ms, members, self.n_articles, weights)

    def fold(self, als: Als, members: Bools) -> Als:
        return factors.fold(self.parts, self.as_of_ms, members, als)

    @cached_property
    def _by_user(self) -> Int64s:
        return self._counts(BY_USER, c.USER, self.n_users)

    @cached_property
    def _by_article(self) -> Int64s:
        return self._counts(BY_ARTICLE, c.ARTICLE, self.n_articles)

    def _counts(self, parts: str, column: str, size: int) -> Int64s:
        found = self.parts.gather(parts, CountReads(column), COUNTED, self.as_of_ms)
        return array_of(found, ROW, COUNT, size)

    def _of_users(self, table: pl.LazyFrame, users: IntArray | None) -> pl.DataFrame:
        """Reads until the moment; each user's reads begin with the oldest."""
        known = table.filter(pl.col(c.TIMESTAMP) <= self.as_of_ms)
        if users is not None:
            wanted = pl.LazyFrame({c.USER: users}).select(pl.col(c.USER).cast(pl.Int64))
            known = known.join(wanted, on=c.USER, how="semi")
        names = (c.USER, PLACE, c.ARTICLE, c.TIMESTAMP, c.ENGAGEMENT)
        return known.select(names).collect().sort(c.USER, PLACE)
