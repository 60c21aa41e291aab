"""Profiles and cosines in compiled code equal those of the array operations, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from script_shared.algorithms import content as module
from script_shared.algorithms.content import Content, ContentWeights
from script_shared.algorithms.histories import Batch, Candidates, Histories
from script_shared.algorithms.sparse_rows import SparseRows
from script_shared.arrays import Float32s, Strings
from script_shared.compiled import library
from script_shared.compiled.content_code import MAX_TERMS, ProfileProducts

ARTICLES = 300


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    if library.load() is None:
        pytest.skip(library.MISSING)


def _content(terms: int, seed: int) -> Content:
    """Articles with 0 to 20 terms, with weights down to the smallest 16-bit floats."""
    random = np.random.default_rng(seed)
    rows = [np.unique(random.integers(0, terms, random.integers(0, 21))) for _ in range(ARTICLES)]
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    values = (random.standard_normal(offsets[-1]) * 10.0 ** random.integers(-7, 1, offsets[-1])).astype(np.float16)
    columns = np.concatenate(rows).astype(np.uint16)
    names = Strings.of([f"t{term:05d}" for term in range(terms)])
    return Content(
        ContentWeights(terms, 20, 24.0), names, np.ones(terms, np.float32), SparseRows(offsets, columns, values, terms)
    )


def _history(random: np.random.Generator, count: int) -> Histories:
    times = np.sort(random.integers(10**9, 10**9 + 10**6, count)).astype(np.uint32)
    articles = random.integers(0, ARTICLES, count).astype(np.uint32)
    return Histories(np.array([0, count]), articles, times, random.random(count).astype(np.float16))


def _scores(content: Content, pool: Candidates, history: Histories) -> Float32s:
    scores = content.over(pool)(Batch(np.array([1]), history))[0]
    assert scores.dtype == np.float32
    return scores


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3000), st.integers(0, 90), st.integers(1, 80), st.integers(0, 2**31))
def test_cosines_are_those_of_sparse_products_to_the_last_bit(terms: int, reads: int, width: int, seed: int) -> None:
    random, content = np.random.default_rng(seed), _content(terms, seed % 5)
    pool = Candidates(random.permutation(ARTICLES)[:width], np.zeros(width, np.int64), 0)
    for history in (_history(random, reads), _history(random, 3)):  # the first leaves nothing that changes the second
        found = _scores(content, pool, history)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module.ProfileProducts, "of", lambda *_: None)
            wanted = _scores(content, pool, history)
        assert found.tobytes() == wanted.tobytes()


def test_articles_and_terms_that_do_not_exist_are_refused_and_change_no_later_result() -> None:
    content = _content(50, 1)
    vectors, pool = content.vectors, content.vectors.take(np.arange(ARTICLES))
    products = ProfileProducts.of(vectors.offsets, vectors.columns, vectors.values, pool)
    narrow = ProfileProducts.of(vectors.offsets, np.full_like(vectors.columns, 50), vectors.values, pool)
    assert products is not None
    assert narrow is not None
    some, ones = np.arange(2, 12, dtype=np.uint32), np.ones(10, np.float32)
    before = products.cosines(some, ones)
    with pytest.raises(IndexError):
        products.cosines(np.array([*range(9), ARTICLES], np.uint32), ones)
    with pytest.raises(IndexError):
        narrow.cosines(some, ones)
    assert products.cosines(some, ones).tobytes() == before.tobytes()


def test_articles_with_unsorted_terms_need_sparse_products() -> None:
    content = _content(50, 1)
    pool = content.vectors.take(np.arange(ARTICLES))
    pool.indices = pool.indices[::-1].copy()
    pool.has_sorted_indices = False
    vectors = content.vectors
    assert ProfileProducts.of(vectors.offsets, vectors.columns, vectors.values, pool) is None


def test_more_terms_than_the_compiled_code_supports_need_sparse_products() -> None:
    content = _content(50, 1)
    vectors = content.vectors
    few = content.vectors.take(np.arange(ARTICLES))
    stored = (few.data, few.indices, few.indptr)
    pools = [csr_array(stored, shape=(ARTICLES, terms)) for terms in (MAX_TERMS, MAX_TERMS + 1)]
    made = [ProfileProducts.of(vectors.offsets, vectors.columns, vectors.values, pool) for pool in pools]
    assert made[0] is not None
    assert made[1] is None
