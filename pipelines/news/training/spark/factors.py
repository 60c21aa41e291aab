"""ALS on Spark: Spark ML factorises, and tasks fold in users and articles by the same function as a single process.

Spark ML minimises the same error as implicit, with the same confidence 1 + alpha x engagement, but multiplies the
regularisation of each vector by the number of its pairs. The inner products depend only on the product of the two
sides' regularisation, so the regularisation is divided by the geometric mean of both sides' mean numbers of pairs. Then
the two sides are scaled to equal sums of squares, as in implicit's optimum. Serving folds users in with the
regularisation of the params, whichever engine fitted the articles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.training.spark.read_parts import BY_ARTICLE, BY_USER, ReadParts, open_array
from pipelines.spark.tables import to_polars
from script_shared.algorithms.als import SEED, Als, AlsWeights, half_step
from script_shared.algorithms.factors import Factors
from script_shared.arrays import Bools

ROW, VECTOR, RATING = "row", "vector", "rating"
LEAST_RATING = 1e-9  # Spark ML treats 0 as a pair without reads
PAIRS: dict[str, pl.DataType] = {c.USER: pl.Int64(), c.ARTICLE: pl.Int64(), RATING: pl.Float32()}
VECTORS: dict[str, pl.DataType] = {ROW: pl.Int64(), VECTOR: pl.List(pl.Float32)}


@dataclass(frozen=True)
class PairTask:
    """Sums the engagement of each member with each article; all reads of a user are in one part.

    Attributes:
        members: file of booleans, one for each user.
    """

    members: Path

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Columns ``PAIRS``."""
        sums = _of_members(rows, self.members).group_by(c.USER, c.ARTICLE).agg(pl.col(c.ENGAGEMENT).sum())
        yield sums.select(c.USER, c.ARTICLE, pl.col(c.ENGAGEMENT).clip(LEAST_RATING).alias(RATING))


@dataclass(frozen=True)
class FoldTask:
    """Computes vectors from the fixed vectors of the other side; all reads of a row are in one part.

    Attributes:
        weights: of the factorisation.
        members: as for ``PairTask``.
        fixed: folder of the fixed ``Factors``.
        row, column: names of the columns of the computed side and of the fixed side.
        skip: file of booleans, one for each row: whether it already has a vector; None to compute all vectors.
    """

    weights: AlsWeights
    members: Path
    fixed: Path
    row: str
    column: str
    skip: Path | None = None

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Columns ``VECTORS``."""
        mine = _of_members(rows, self.members)
        if self.skip is not None:
            mine = mine.filter(~pl.Series(open_array(self.skip)[mine[self.row].to_numpy()], dtype=pl.Boolean))
        which, place = np.unique(mine[self.row].to_numpy(), return_inverse=True)
        columns, engagement = mine[self.column].to_numpy(), mine[c.ENGAGEMENT].to_numpy()
        fixed = Factors.load(self.fixed, ROW)
        made = half_step(self.weights, fixed, place, columns, engagement, len(which))
        if len(made):
            yield pl.DataFrame({ROW: which[made.rows], VECTOR: made.vectors}, schema=VECTORS)


def factorise(parts: ReadParts, as_of_ms: int, members: Bools, n_articles: int, weights: AlsWeights) -> Als:
    """Factorise the reads of members with Spark ML.

    Args:
        parts: of the reads.
        as_of_ms: later reads are left out.
        members: bool (n_users).
        n_articles: rows of the catalog.
        weights: factors, regularisation and the other hyperparameters.
    """
    task = PairTask(parts.share(members))
    pairs = parts.table(BY_USER, task, PAIRS, as_of_ms).persist()
    try:
        users, articles = _fit(pairs, weights, (len(members), n_articles))
    finally:
        pairs.unpersist()
    return Als.of(weights, users, articles)


def _fit(pairs: Any, weights: AlsWeights, shape: tuple[int, int]) -> tuple[Factors, Factors]:
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import functions as sql

    distinct = (sql.countDistinct(c.USER), sql.countDistinct(c.ARTICLE))
    count, users, articles = pairs.agg(sql.count(sql.lit(1)), *distinct).first()
    if not count:
        return Factors.none(shape[0], weights.factors), Factors.none(shape[1], weights.factors)
    model = ALS(
        rank=weights.factors,
        maxIter=weights.iterations,
        regParam=weights.regularization * sqrt(users * articles) / count,
        implicitPrefs=True,
        alpha=weights.alpha,
        userCol=c.USER,
        itemCol=c.ARTICLE,
        ratingCol=RATING,
        seed=SEED,
        intermediateStorageLevel="MEMORY_AND_DISK",
    ).fit(pairs)
    found = [_factors(table, size) for table, size in zip((model.userFactors, model.itemFactors), shape, strict=True)]
    return _balance(*found)


def _factors(table: Any, size: int) -> Factors:
    """The vectors of Spark ML's model, in the order of their rows."""
    found = to_polars(table.withColumnsRenamed({"id": ROW, "features": VECTOR}))
    return _in_order(found, size)


def _in_order(found: pl.DataFrame, size: int) -> Factors:
    ordered = found.sort(ROW)
    vectors = ordered[VECTOR].explode().to_numpy().astype(np.float32, copy=False).reshape(ordered.height, -1)
    return Factors.of(ordered[ROW].to_numpy(), vectors, size)


def _balance(users: Factors, articles: Factors) -> tuple[Factors, Factors]:
    """Scale both sides to equal sums of squares, without changing the inner products."""
    squares = [float(np.square(side.vectors, dtype=np.float64).sum()) for side in (users, articles)]
    by = np.float32((squares[1] / squares[0]) ** 0.25) if min(squares) > 0 else np.float32(1.0)
    return (
        Factors.of(users.rows, users.vectors * by, users.size),
        Factors.of(articles.rows, articles.vectors / by, articles.size),
    )


def fold(parts: ReadParts, as_of_ms: int, members: Bools, als: Als) -> Als:
    """Fold the reads of members into fitted factors, as ``Als.as_of`` does.

    Args:
        parts: of the reads.
        as_of_ms: later reads are left out.
        members: bool (n_users).
        als: fitted at this or an earlier moment.
    """
    shared_members = parts.share(members)

    def half(fixed: Factors, by: str, columns: tuple[str, str], size: int, skip: Path | None = None) -> Factors:
        folder = parts.new_folder("fixed")
        fixed.save(folder, ROW)
        task = FoldTask(als.weights, shared_members, folder, *columns, skip)
        found = parts.gather(by, task, VECTORS, as_of_ms)
        return _in_order(found, size) if found.height else Factors.none(size, als.weights.factors)

    base = als.items.first(als.n_base_items)
    new = half(als.base_users, BY_ARTICLE, (c.ARTICLE, c.USER), base.size, parts.share(base.place >= 0))
    items = base.concat(new)
    return als.with_state(half(items, BY_USER, (c.USER, c.ARTICLE), als.users.size), items)


def _of_members(rows: pl.DataFrame, members: Path) -> pl.DataFrame:
    return rows.filter(pl.Series(open_array(members)[rows[c.USER].to_numpy()], dtype=pl.Boolean))
