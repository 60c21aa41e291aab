"""Collaborative filtering: implicit's alternating least squares, with users and articles folded in later.

Hu, Koren, Volinsky: Collaborative Filtering for Implicit Feedback Datasets (2008). Confidence in a read is
1 + alpha x engagement. Fitting needs implicit; folding in one user and scoring need numpy alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from script_shared.algorithms.blas_threads import one_blas_thread
from script_shared.algorithms.factors import Factors, Renumbering
from script_shared.algorithms.histories import Batch, Candidates, Histories
from script_shared.arrays import Float32s, FloatArray, IntArray, load_array, save_arrays
from script_shared.mapped_files import note_scattered

SEED = 20220701


@dataclass(frozen=True)
class AlsWeights:
    """Sizes and strengths of the factorisation."""

    factors: int
    regularization: float
    iterations: int
    alpha: float


@dataclass(frozen=True)
class Als:
    """Factors of users and articles.

    Attributes:
        base_users, base_items: as fitted.
        users: every user who can have a vector, computed from ``items`` and all that was read until the moment.
        items: the fitted articles first, then those folded in.
        gram: float32 (factors, factors); items' vectors multiplied with themselves.
    """

    weights: AlsWeights
    base_users: Factors
    users: Factors
    items: Factors
    n_base_items: int
    gram: Float32s

    @classmethod
    def fit(
        cls, user: IntArray, article: IntArray, engagement: FloatArray, shape: tuple[int, int], weights: AlsWeights
    ) -> "Als":
        """Factorise reads, one entry each; repeated pairs are summed. Users without reads have no vector.

        Args:
            user: int (reads), row of the user.
            article: int (reads), row of the article.
            engagement: float (reads), how much each read counts, above 0.
            shape: numbers of users and articles.
            weights: factors, regularisation and the other hyperparameters.
        """
        if not len(user):
            nobody, nothing = (Factors.none(size, weights.factors) for size in shape)
            return cls.of(weights, nobody, nothing)
        users, user_place = np.unique(user, return_inverse=True)
        items, item_place = np.unique(article, return_inverse=True)
        matrix = _confidence(user_place, item_place, engagement, (len(users), len(items)), weights.alpha)
        model = _implicit(weights)
        with one_blas_thread():
            model.fit(matrix, show_progress=False)
        base_users = Factors.of(users, model.user_factors, shape[0])
        return cls.of(weights, base_users, Factors.of(items, model.item_factors, shape[1]))

    @classmethod
    def of(cls, weights: AlsWeights, users: Factors, items: Factors) -> "Als":
        """The fitted vectors, before anything is folded in.

        Args:
            weights: of the factorisation.
            users: of every user with reads.
            items: of every article with reads.
        """
        return cls(weights, users, users, items, len(items), _gram(items))

    def as_of(self, user: IntArray, article: IntArray, engagement: FloatArray) -> "Als":
        """Fold in: vectors of articles that came later from the fitted users, then of all users from all articles.

        Both are half a step of the factorisation, solved exactly. Repeated pairs add up.

        Args:
            user, article: int (n), rows of each interaction.
            engagement: float (n), 0 or more.
        """
        base = self.items.first(self.n_base_items)
        items = base.concat(self._new_items(base, user, article, engagement))
        return self.with_state(half_step(self.weights, items, user, article, engagement, self.users.size), items)

    def with_state(self, users: Factors, items: Factors) -> "Als":
        """The same fitted vectors, plus those that were folded in.

        Args:
            users: of every user, computed from ``items``.
            items: the fitted articles first, then those folded in.
        """
        return replace(self, users=users, items=items, gram=_gram(items))

    def renumber(self, users: Renumbering, articles: Renumbering) -> "Als":
        """The same fitted vectors under other row numbers; ``as_of`` rebuilds the state.

        Args:
            users: new rows of the users.
            articles: new rows of the articles.
        """
        base_users = self.base_users.renumber(users)
        base_items = self.items.first(self.n_base_items).renumber(articles)
        return Als.of(self.weights, base_users, base_items)

    def fold_in(self, histories: Histories) -> Float32s:
        """float32 (n, factors): vectors of users computed from what they read; zeros where nothing is known."""
        vectors = np.zeros((len(histories), self.weights.factors), np.float32)
        for reader in range(len(histories)):
            mine = slice(histories.offsets[reader], histories.offsets[reader + 1])
            vectors[reader] = self._solve(histories.article[mine], histories.engagement[mine])
        return vectors

    def vectors(self, batch: Batch) -> Float32s:
        """float32 (n, factors): stored vectors where they hold, folded in where they do not.

        Args:
            batch: n users; with fresh reads all of them are folded in.
        """
        if batch.fresh:
            return self.fold_in(batch.histories)
        return self.users.take(batch.rows) if len(batch.rows) != 1 else self.users.one(int(batch.rows[0]))

    def over(self, candidates: Candidates) -> Callable[[Batch], FloatArray]:
        """Prepare the candidates once; the answer scores batches: float32 (n, m), 0 where a vector is missing.

        Args:
            candidates: m articles.

        Returns:
            a function from a batch of n users to float32 (n, m), inner products.
        """
        items = np.ascontiguousarray(self.items.take(candidates.rows).T)
        return lambda batch: self.vectors(batch) @ items

    def save(self, folder: Path) -> None:
        """Write it into a folder, which ``load`` reads; the weights are params and stored with them.

        Args:
            folder: made when missing.
        """
        for name in ("base_users", "users", "items"):
            getattr(self, name).save(folder, name)
        save_arrays(folder, {"gram": self.gram, "n_base_items": np.array([self.n_base_items])})

    @classmethod
    def load(cls, folder: Path, weights: AlsWeights) -> "Als":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.
            weights: from the params that are stored beside it.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        users, items = Factors.load(folder, "users"), Factors.load(folder, "items")
        note_scattered(users.vectors)
        users.open_file()
        n_base, gram = int(load_array(folder, "n_base_items")[0]), load_array(folder, "gram")
        return cls(
            replace(weights, factors=gram.shape[0]), Factors.load(folder, "base_users"), users, items, n_base, gram
        )

    def _new_items(self, base: Factors, user: IntArray, article: IntArray, engagement: FloatArray) -> Factors:
        late = base.place[article] < 0
        return half_step(self.weights, self.base_users, article[late], user[late], engagement[late], base.size)

    @cached_property
    def _ridge(self) -> FloatArray:
        """float64 (factors, factors): the part that all users' equations share."""
        return self.gram + self.weights.regularization * np.eye(len(self.gram))

    def _solve(self, article: IntArray, engagement: FloatArray) -> FloatArray:
        rows, place = np.unique(article, return_inverse=True)
        summed = np.bincount(place, weights=engagement, minlength=len(rows))
        places = self.items.place[rows]
        known = places >= 0
        items = self.items.vectors[places[known]].astype(np.float64)
        extra = self.weights.alpha * summed[known]
        left = self._ridge + (items.T * extra) @ items
        solution: FloatArray = np.linalg.solve(left, items.T @ (1.0 + extra))
        return solution.astype(np.float32)


def half_step(
    weights: AlsWeights, fixed: Factors, rows: IntArray, columns: IntArray, engagement: FloatArray, size: int
) -> Factors:
    """Vectors of ``rows``, computed from the fixed vectors of ``columns``; entries without one do not count.

    Args:
        weights: of the factorisation.
        fixed: vectors of the other side.
        rows: int (n), the row of each read on the side that is computed.
        columns: int (n), the row of each read on the fixed side.
        engagement: float (n), 0 or more; repeated pairs add up.
        size: number of rows of the computed side, with or without a vector.
    """
    known = fixed.place[columns] >= 0
    unique, row_place = np.unique(rows[known], return_inverse=True)
    if not len(unique):
        return Factors.none(size, weights.factors)
    shape = (len(unique), len(fixed))
    matrix = _confidence(row_place, fixed.place[columns[known]], engagement[known], shape, weights.alpha)
    model = _implicit(weights)
    model.item_factors = np.array(fixed.vectors, np.float32)  # a copy: implicit wants to be able to write
    with one_blas_thread():
        return Factors.of(unique, model.recalculate_user(np.arange(len(unique)), matrix), size)


def _confidence(
    rows: IntArray, columns: IntArray, engagement: FloatArray, shape: tuple[int, int], alpha: float
) -> csr_matrix:
    matrix = csr_matrix((engagement.astype(np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data = 1.0 + np.float32(alpha) * matrix.data
    return matrix


def _gram(items: Factors) -> FloatArray:
    return np.asarray(items.vectors.T @ items.vectors, np.float32)


def _implicit(weights: AlsWeights) -> Any:
    from implicit.cpu.als import AlternatingLeastSquares

    with one_blas_thread():  # implicit has threads of its own and warns when BLAS brings more
        return AlternatingLeastSquares(
            factors=weights.factors,
            regularization=weights.regularization,
            iterations=weights.iterations,
            alpha=1.0,  # the confidence is in the matrix
            random_state=SEED,
        )
