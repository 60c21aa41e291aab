"""TF-IDF vectors, profiles and their planted truth."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from script_shared.algorithms.content import Content, ContentWeights
from script_shared.algorithms.histories import Batch, Histories
from script_shared.algorithms.sparse_rows import SparseRows
from script_shared.algorithms.words import words
from script_shared.arrays import Strings
from tests.script_shared.algorithms.cases import ARTICLES, CONTENT, Checkerboard, content

BOARD = Checkerboard()
TEXTS = ["Juros sobem, dólar cai e juros voltam", "Gol no fim dá título", "Dólar e inflação", "Torcida vê gol e gol"]


def test_readers_are_shown_the_topic_they_read() -> None:
    scores = content(BOARD).over(BOARD.candidates)(BOARD.batch(0, 1))
    even = np.arange(ARTICLES) % 2 == 0
    assert scores[0][even].min() > 0.99
    assert scores[0][~even].max() < 0.01
    assert scores[1][~even].min() > 0.99


def test_vectors_agree_with_scikit_learn_when_no_term_is_cut() -> None:
    fitted = Content.fit(TEXTS, 0, CONTENT)
    library = TfidfVectorizer(analyzer=words, sublinear_tf=True).fit(TEXTS)
    np.testing.assert_allclose(fitted.transform(TEXTS).toarray(), library.transform(TEXTS).toarray(), atol=1e-6)


def test_only_the_strongest_terms_stay_and_vectors_have_length_one() -> None:
    fitted = Content.fit(TEXTS, 0, ContentWeights(100, 2, 48))
    full = Content.fit(TEXTS, 0, CONTENT).transform(TEXTS).toarray()
    cut = fitted.transform(TEXTS).toarray()
    assert ((cut > 0).sum(axis=1) <= 2).all()
    np.testing.assert_allclose((cut**2).sum(axis=1), 1, atol=1e-6)
    assert (full[0][cut[0] > 0].min() >= full[0][cut[0] == 0].max()).all()


def test_a_recent_read_counts_more_than_an_old_one() -> None:
    fitted = content(BOARD)
    hours = np.array([0, 96]) * 3_600_000
    reads = Histories.of(np.zeros(2, int), np.array([0, 1]), 1_660_000_000_000 + hours, np.ones(2), 1)
    profile = fitted.over(BOARD.candidates)(Batch(np.array([-1]), reads))[0]
    assert profile[1] / profile[0] == pytest.approx(4, rel=0.01)  # two half-lives


def test_more_engagement_counts_more() -> None:
    fitted = content(BOARD)
    reads = Histories.of(np.zeros(2, int), np.array([0, 1]), np.full(2, 10**12), np.array([3.0, 1.0]), 1)
    profile = fitted.over(BOARD.candidates)(Batch(np.array([-1]), reads))[0]
    assert profile[0] / profile[1] == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize("texts", [[], [""] * 4, ["de a o", "é", "", "12"]])
def test_articles_without_words_give_zeros(texts: list[str]) -> None:
    fitted = Content.fit(texts, ARTICLES, CONTENT)
    fitted = fitted.with_texts(np.arange(len(texts)), texts)
    scores = fitted.over(BOARD.candidates)(BOARD.batch(0, 1))
    assert scores.shape == (2, ARTICLES)
    assert not scores.any()


def test_vectors_can_be_added_later() -> None:
    texts = BOARD.texts()
    some = np.array([1, 4, 7, 8, 29])
    others = np.setdiff1d(np.arange(ARTICLES), some)
    empty = Content.fit(texts, ARTICLES, CONTENT)
    twice = empty.with_texts(some, [texts[row] for row in some]).with_texts(others, [texts[row] for row in others])
    once = empty.with_texts(np.arange(ARTICLES), texts)
    rows = np.arange(ARTICLES)
    np.testing.assert_array_equal(twice.vectors.take(rows).toarray(), once.vectors.take(rows).toarray())


def test_terms_that_are_no_words_any_more_count_for_nothing() -> None:
    terms = Strings.of(["de", "gol", "ia"])  # of a release with other stop words
    vectors = SparseRows.empty(0, 3)
    found = Content(CONTENT, terms, np.ones(3, np.float32), vectors).transform(
        ["gol de placa", "a IA e o gol", "ia de"]
    )
    assert (found.toarray() > 0).tolist() == [[False, True, False], [False, True, True], [False, False, False]]
