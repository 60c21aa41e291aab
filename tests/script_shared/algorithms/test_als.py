"""Collaborative filtering on a checkerboard, and folding in."""

import warnings
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from script_shared.algorithms.als import Als
from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import Batch, Histories
from tests.script_shared.algorithms.cases import ALS, ARTICLES, READERS, Checkerboard, als

BOARD = Checkerboard()


@pytest.fixture(scope="module")
def fitted() -> Als:
    return als(BOARD)


def colours_apart(scores: np.ndarray, reader: int) -> float:
    """Mean score of articles of the reader's colour less that of the others."""
    own = np.arange(ARTICLES) % 2 == reader % 2
    return float(scores[own].mean() - scores[~own].mean())


def test_a_checkerboard_is_completed(fitted: Als) -> None:
    scores = fitted.over(BOARD.candidates)(BOARD.batch(*range(READERS)))
    unread = np.ones((READERS, ARTICLES), bool)
    unread[BOARD.reader, BOARD.article] = False
    for reader in range(READERS):
        own = np.arange(ARTICLES) % 2 == reader % 2
        assert scores[reader][own & unread[reader]].min(initial=9) > scores[reader][~own].max()


def test_a_stranger_is_placed_by_the_reads_of_the_request(fitted: Als) -> None:
    reads = Histories.of(np.zeros(2, int), np.array([3, 5]), np.array([1000, 2000]), np.ones(2), 1)
    scores = fitted.over(BOARD.candidates)(Batch(np.array([-1]), reads, fresh=True))
    assert colours_apart(scores[0], 1) > 0.1


def test_folding_in_agrees_with_implicit(fitted: Als) -> None:
    matrix = np.zeros((READERS, ARTICLES), np.float32)
    np.add.at(matrix, (BOARD.reader, BOARD.article), BOARD.engagement)
    confidence = csr_matrix(np.where(matrix > 0, 1 + ALS.alpha * matrix, 0).astype(np.float32))
    expected = implicit_model(fitted).recalculate_user(np.arange(READERS), confidence)
    np.testing.assert_allclose(fitted.fold_in(BOARD.histories), expected, rtol=2e-3, atol=2e-4)


def implicit_model(fitted: Als) -> Any:
    with threadpool_limits(1, "blas"):
        from implicit.cpu.als import AlternatingLeastSquares

        model = AlternatingLeastSquares(ALS.factors, ALS.regularization, alpha=1.0)
    model.item_factors = fitted.items.take(np.arange(ARTICLES))
    return model


def test_later_readers_and_articles_are_folded_in_and_fitted_articles_stay(fitted: Als) -> None:
    early = (BOARD.reader < 30) & (BOARD.article < 24)
    base = Als.fit(BOARD.reader[early], BOARD.article[early], BOARD.engagement[early], (READERS, ARTICLES), ALS)
    later = base.as_of(BOARD.reader, BOARD.article, BOARD.engagement)
    np.testing.assert_array_equal(later.items.vectors[: later.n_base_items], base.items.vectors)
    assert set(later.items.rows.tolist()) == set(BOARD.article.tolist())
    scores = later.over(BOARD.candidates)(BOARD.batch(*range(READERS)))
    assert min(colours_apart(scores[reader], reader) for reader in range(READERS)) > 0.1


def test_bringing_a_fold_in_up_again_starts_from_the_fitted_part(fitted: Als) -> None:
    half = len(BOARD.reader) // 2
    base = Als.fit(BOARD.reader[:half], BOARD.article[:half], BOARD.engagement[:half], (READERS, ARTICLES), ALS)
    once = base.as_of(BOARD.reader, BOARD.article, BOARD.engagement)
    twice = once.as_of(BOARD.reader, BOARD.article, BOARD.engagement)
    np.testing.assert_array_equal(once.users.vectors, twice.users.vectors)
    np.testing.assert_array_equal(once.items.vectors, twice.items.vectors)


def test_row_numbers_can_change(fitted: Als) -> None:
    users, articles = np.random.default_rng(1).permutation(READERS), np.random.default_rng(2).permutation(ARTICLES)
    moved = fitted.renumber(Renumbering(users, READERS), Renumbering(articles, ARTICLES))
    again = moved.as_of(users[BOARD.reader], articles[BOARD.article], BOARD.engagement)
    straight = fitted.as_of(BOARD.reader, BOARD.article, BOARD.engagement)
    np.testing.assert_allclose(again.users.take(users), straight.users.take(np.arange(READERS)), rtol=1e-4, atol=1e-5)


def test_fitting_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        als(BOARD)
