"""Measures against hand-computed cases, and against trec_eval on random ones."""

from math import log2

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from pipelines.measures.metrics import ACCURACY, coverage, hit_rate, hits, mrr, ndcg, novelty, recall, self_information
from pipelines.measures.metrics import truth_sizes as sizes_of
from script_shared.errors import InputError

CATALOGUE = 12


def truth_of(*users: set[int]) -> csr_array:
    rows = [row for row, articles in enumerate(users) for _ in articles]
    columns = [article for articles in users for article in sorted(articles)]
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(users), CATALOGUE))


def measured(measure, one_list: list[int], read: set[int], cutoff: int) -> float:
    lists, truth = np.array([one_list]), truth_of(read)
    return float(measure(hits(lists, truth), sizes_of(truth), cutoff)[0])


def test_ndcg_of_a_perfect_list_is_one():
    assert measured(ndcg, [3, 1, 7, 0], {1, 3}, 4) == 1.0


def test_ndcg_of_a_hit_on_the_second_place_is_one_over_log2_of_three():
    assert measured(ndcg, [9, 1, 7, 0], {1}, 4) == pytest.approx(1 / log2(3))


def test_ndcg_takes_an_ideal_list_no_longer_than_the_cutoff():
    assert measured(ndcg, [1, 2], {1, 2, 3, 4}, 2) == 1.0


def test_recall_is_the_share_of_what_was_read():
    assert measured(recall, [1, 9, 2, 8], {1, 2, 3, 4}, 4) == 0.5
    assert measured(recall, [1, 9, 2, 8], {1, 2, 3, 4}, 2) == 0.25


def test_reciprocal_rank_counts_the_first_hit_within_the_cutoff_only():
    assert measured(mrr, [9, 8, 1, 2], {1, 2}, 4) == pytest.approx(1 / 3)
    assert measured(mrr, [9, 8, 1, 2], {1, 2}, 2) == 0.0


def test_hit_rate_is_one_however_many_hits_there_are():
    assert measured(hit_rate, [1, 2, 9], {1, 2}, 3) == 1.0
    assert measured(hit_rate, [7, 8, 9], {1, 2}, 3) == 0.0


@pytest.mark.parametrize("name", ACCURACY)
def test_a_user_without_ground_truth_has_no_value(name):
    assert np.isnan(measured(ACCURACY[name], [1, 2, 3], set(), 3))


@pytest.mark.parametrize("name", ACCURACY)
def test_an_empty_list_scores_zero_for_a_user_who_read_something(name):
    assert measured(ACCURACY[name], [-1, -1, -1], {0, CATALOGUE - 1}, 3) == 0.0


def test_a_list_that_names_an_article_twice_is_refused():
    with pytest.raises(InputError, match=r"1 of 2 lists name an article twice, the first in row 1\."):
        hits(np.array([[1, 2, -1, -1], [5, 2, 7, 5]]), truth_of({1}, {2}))


def test_a_hit_of_one_user_is_no_hit_of_another():
    found = hits(np.array([[1, 2], [1, 2]]), truth_of({1}, {2}))
    assert found.tolist() == [[True, False], [False, True]]


def test_novelty_of_an_article_read_by_all_is_low_and_of_one_read_by_none_is_finite():
    information = self_information(np.array([6, 0]))
    assert information.tolist() == pytest.approx([-log2(7 / 8), 3.0])
    assert novelty(np.array([[1, 0], [1, -1]]), information, 2).tolist() == pytest.approx([(3 - log2(7 / 8)) / 2, 3.0])


def test_novelty_of_an_empty_list_is_missing_not_zero():
    assert np.isnan(novelty(np.array([[-1, -1]]), np.array([1.0, 2.0]), 2)[0])


def test_coverage_is_the_share_of_available_articles_recommended_to_anybody():
    available = np.array([True, True, True, True, False])
    assert coverage(np.array([[0, 1, 2], [0, 3, -1]]), available, 2) == 0.75
    assert np.isnan(coverage(np.array([[0]]), np.zeros(5, bool), 1))


@st.composite
def cases(draw):
    """Lists of distinct articles (some short, some empty) and what each user read (at least one article)."""
    n_users, length = draw(st.integers(1, 6)), draw(st.integers(1, 8))
    lists = []
    for _ in range(n_users):
        order = draw(st.permutations(range(CATALOGUE)))[: draw(st.integers(0, length))]
        lists.append(order + [-1] * (length - len(order)))
    read = [draw(st.sets(st.integers(0, CATALOGUE - 1), min_size=1)) for _ in range(n_users)]
    return np.array(lists), read


def judged_by_trec_eval(lists: np.ndarray, read: list[set[int]], cutoff: int) -> dict[str, list[float]]:
    wanted = {str(user): {str(article): 1 for article in articles} for user, articles in enumerate(read)}
    judge = pytrec_eval.RelevanceEvaluator(
        wanted, {f"recall.{cutoff}", f"ndcg_cut.{cutoff}", f"success.{cutoff}", "recip_rank"}
    )
    names = {"recall": f"recall_{cutoff}", "ndcg": f"ndcg_cut_{cutoff}", "hr": f"success_{cutoff}", "mrr": "recip_rank"}
    run = {
        str(user): {str(article): 1.0 / (place + 1) for place, article in enumerate(row[:cutoff]) if article >= 0}
        for user, row in enumerate(lists)
    }
    judged = judge.evaluate(run)
    return {
        name: [judged[str(u)][theirs] if run[str(u)] else 0.0 for u in range(len(read))]
        for name, theirs in names.items()
    }


@given(cases(), st.integers(1, 10))
@settings(max_examples=150, deadline=None)
def test_every_accuracy_measure_agrees_with_trec_eval(case, cutoff):
    lists, read = case
    truth = truth_of(*read)
    found, sizes = hits(lists, truth), sizes_of(truth)
    expected = judged_by_trec_eval(lists, read, cutoff)
    for name, measure in ACCURACY.items():
        np.testing.assert_allclose(measure(found, sizes, cutoff), expected[name], atol=1e-6, err_msg=name)


@given(cases(), st.integers(1, 10))
@settings(max_examples=60, deadline=None)
def test_every_accuracy_measure_lies_between_zero_and_one(case, cutoff):
    lists, read = case
    truth = truth_of(*read)
    for measure in ACCURACY.values():
        values = measure(hits(lists, truth), sizes_of(truth), cutoff)
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()
