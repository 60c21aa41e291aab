"""Popularity counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.algorithms.histories import Batch, Candidates, Histories
from script_shared.algorithms.popularity import Popularity, PopularityWeights, decayed_counts
from script_shared.clock import HOUR_MS

NOW = 1_660_000_000_000
NOBODY = Batch(np.array([-1]), Histories.empty(1))


def test_a_read_one_half_life_old_counts_half() -> None:
    times = NOW - np.array([12, 6, 0]) * HOUR_MS
    counts = decayed_counts(np.array([0, 0, 1]), times, 3, NOW, (6.0, 12.0))
    np.testing.assert_allclose(counts, [[0.75, 0.5 + 0.5**0.5], [1, 1], [0, 0]], atol=1e-6)


def test_the_score_is_trend_plus_recency() -> None:
    fitted = Popularity(np.array([[3.0], [0.0]], np.float32), NOW, PopularityWeights((1.0,), (2.0,), 4.0, 5.0))
    candidates = Candidates(np.array([0, 1]), np.array([NOW - 8 * HOUR_MS, NOW]), NOW)
    np.testing.assert_allclose(fitted.over(candidates)(NOBODY), [[np.log(7) + 1.25, 5.0]], rtol=1e-6)


def test_counts_go_on_decaying_after_their_moment() -> None:
    fitted = Popularity(np.array([[8.0]], np.float32), NOW, PopularityWeights((1.0,), (1.0,), 1.0, 0.0))
    later = Candidates(np.array([0]), np.array([NOW]), NOW + 3 * HOUR_MS)
    assert fitted.over(later)(NOBODY)[0, 0] == pytest.approx(np.log(2))


def test_among_equally_read_articles_the_newer_leads() -> None:
    fitted = Popularity(np.ones((3, 1), np.float32), NOW, PopularityWeights((1.0,), (1.0,), 6.0, 1.0))
    candidates = Candidates(np.arange(3), NOW - np.array([5, 1, 9]) * HOUR_MS, NOW)
    assert np.argsort(-fitted.over(candidates)(NOBODY)[0]).tolist() == [1, 0, 2]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10**9)), max_size=30))
def test_counting_at_once_or_bringing_counts_forward_is_the_same(reads: list[tuple[int, int]]) -> None:
    reads = sorted(reads, key=lambda read: -read[1])
    article = np.array([read[0] for read in reads], np.int64)
    times = NOW - np.array([read[1] for read in reads], np.int64)
    early = decayed_counts(article, times, 5, NOW, (24.0,)) * 2 ** (-10 / 24)
    late = decayed_counts(article, times, 5, NOW + 10 * HOUR_MS, (24.0,))
    np.testing.assert_allclose(early, late, atol=1e-5)
