"""The evaluation report: it shows every figure, and says what is missing instead of showing zero."""

import re

import pytest

from pipelines.measures.evaluation_csv import append_rows, read_rows
from pipelines.news.evaluation.report import best_popularity, headline, render
from tests.pipelines.news.evaluations import MISSING, made_up

VALUES = {
    "candidate": {"logged": 0.2345, "anonymous": MISSING},
    "in_service": {"logged": 0.2111},
    "popularity_1h": {"logged": 0.1777},
    "popularity_24h": {"logged": 0.0333},
}


@pytest.fixture
def history(tmp_path):
    def rows_of(*evaluations):
        for evaluation in evaluations:
            append_rows(tmp_path / "m.csv", evaluation.rows(), evaluation.run_id)
        return read_rows(tmp_path / "m.csv")

    return rows_of


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_headline_puts_the_best_popularity_beside_each_segment():
    said = headline(made_up(VALUES))
    assert said.startswith("NDCG@10 of the candidate: logged 0.2345 (most read, 1h: 0.1777); semi-logged 0.1000 ")
    assert "anonymous missing (most read, 1h: 0.1000)" in said


def test_the_best_popularity_is_missing_when_all_of_it_is():
    assert best_popularity(made_up({"candidate": {}, "popularity_1h": {"logged": MISSING}}), "logged") is None


def test_the_page_shows_every_figure_with_its_interval(history):
    evaluation = made_up(VALUES)
    text = text_of(render(evaluation, history(evaluation)))
    for value in (0.2345, 0.2111, 0.1777, 0.0333):
        assert f"{value:.4f} ({value - 0.01:.4f} to {value + 0.01:.4f})" in text
    for title in (
        "All figures: logged, 400 users",
        "All figures: all, 900 users",
        "NDCG@10",
        "Novelty@10",
        "Coverage@10",
    ):
        assert title in text
    assert "nan" not in text


def test_the_page_says_why_a_model_is_missing_and_what_a_reader_must_know(history):
    evaluation = made_up(
        VALUES, missing={"in_service": "its files are damaged."}, notes=["The login flag is simulated."]
    )
    text = text_of(render(evaluation, history(evaluation)))
    assert "In service could not be evaluated: its files are damaged." in text
    assert "The login flag is simulated." in text


def test_earlier_runs_of_the_same_source_are_drawn_when_there_are_some(history):
    first = made_up(VALUES)
    assert "This is the first evaluation of this source." in render(first, history(first))
    others = [made_up(VALUES, run_id=f"r{n}", evaluated_at=f"2026-11-2{n}T10:00:00+00:00") for n in (1, 2, 3)]
    other_source = made_up(VALUES, run_id="s1", source="local")
    page = render(others[-1], history(*others, other_source))
    assert "of the last 3 runs of this source" in page
    assert "runs, oldest to newest" in page


def test_the_page_of_the_release_in_service_says_so(history):
    evaluation = made_up({"in_service": {"logged": 0.2}, "popularity_1h": {}}, kind="service", run_id="r1.service")
    page = render(evaluation, history(evaluation))
    assert "Evaluation of the release in service" in page
    assert "NDCG@10 of the release in service: logged 0.2000" in page
