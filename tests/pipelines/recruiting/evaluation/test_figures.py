"""Intervals by group, orders of candidates, and figures inside a vacancy."""

import numpy as np
import pytest

from pipelines.recruiting.evaluation.candidate_orders import CandidateOrders
from pipelines.recruiting.evaluation.figures import figures
from pipelines.recruiting.evaluation.inside import graded_values
from pipelines.recruiting.evaluation.replayed import recalls
from pipelines.recruiting.training.records import Data
from script_shared.recruiting.records import Candidate, Vacancy


def test_cases_of_one_group_are_drawn_together() -> None:
    draw = np.random.default_rng(3)
    own = np.repeat(draw.random(20), 25)
    values = {"candidate": {"hr_at_10": own.tolist()}}
    (alone,), _ = figures(values, 400, 1)
    (together,), _ = figures(values, 400, 1, np.repeat(np.arange(20), 25).tolist())
    assert together.value == pytest.approx(alone.value)
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_an_order_by_outcome_has_ndcg_one_and_its_reverse_less_than_a_random_order() -> None:
    vacancy, gains = np.array([7, 7, 7, 8]), np.array([0.0, 4.0, 1.0, 2.0])
    found = graded_values(vacancy, gains, {"right": gains, "wrong": -gains})
    assert found["right"]["graded_ndcg_at_10"] == [1.0]
    assert found["wrong"]["graded_ndcg_at_10"] < found["random"]["graded_ndcg_at_10"]


def test_recall_of_the_hired_counts_only_them_and_is_nan_without_a_hire() -> None:
    place, came = np.array([3.0, 70.0, 20.0]), np.array([False, True, False])
    found = recalls(place, came)
    assert found["recall_at_10"] == [pytest.approx(1 / 3)]
    assert (found["hired_recall_at_50"], found["hired_recall_at_100"]) == ([0.0], [1.0])
    assert np.isnan(recalls(place, np.zeros(3, bool))["hired_recall_at_10"]).all()


def test_candidates_are_ordered_by_text_activity_and_area_as_of_a_day() -> None:
    data = Data(
        vacancies=[
            Vacancy("a", 1, "Consultor SAP", areas=("SAP",)),
            Vacancy("b", 1, "Desenvolvedor Java", areas=("Dev",)),
            Vacancy("c", 5, "Analista SAP", areas=("SAP",)),
        ],
        candidates=[Candidate("1", cv="java spring"), Candidate("2", cv="consultor sap"), Candidate("3", cv="sap")],
        candidate=np.array([0, 1, 0]),
        vacancy=np.array([1, 0, 0]),
        day=np.array([2, 2, 6]),
        updated=np.array([-1, -1, -1]),
        grade=np.array([-1, -1, -1]),
    )
    orders = CandidateOrders(data, 5)
    before = orders.of(2)
    assert before["newest"].tolist() == [2, 2, -1]
    assert before["same_area"].argmax() == 1
    assert before["tfidf_text"][0] == before["bm25"][0] == 0
    assert before["tfidf_text"][1] > 0
    assert before["bm25"][1] > 0
    orders.add(np.array([2]))
    after = orders.of(2)
    assert after["newest"].tolist() == [6, 2, -1]
    assert after["most_active"].tolist() == [2, 1, 0]
    assert after["same_area"].argmax() == 0
