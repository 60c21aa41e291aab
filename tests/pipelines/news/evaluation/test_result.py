"""The evaluation as a document."""

import json
from math import isnan

from pipelines.news.evaluation.result import read_evaluation
from tests.pipelines.news.evaluations import MISSING, made_up

CASE = made_up({"candidate": {"logged": 0.2, "anonymous": MISSING}, "in_service": {}, "popularity_1h": {}})


def test_what_is_written_is_read_again(tmp_path):
    (tmp_path / "m.json").write_text(CASE.as_json())
    again = read_evaluation(tmp_path / "m.json")
    assert again.as_json() == CASE.as_json()
    assert again.figure("candidate", "logged", "ndcg", 10).value == 0.2
    assert isnan(again.figure("candidate", "anonymous", "ndcg", 10).value)


def test_a_missing_figure_is_null_in_the_json_and_never_zero():
    figures = json.loads(CASE.as_json())["figures"]
    found = [f["value"] for f in figures if f["model"] == "candidate" and f["segment"] == "anonymous"]
    assert found
    assert all(value is None for value in found)


def test_every_csv_row_says_run_source_window_and_the_release_of_its_model():
    rows = CASE.rows()
    assert len(rows) == len(CASE.figures)
    assert {(row["model"], row["release"]) for row in rows} == {
        ("candidate", "r1"), ("in_service", "r0"), ("popularity_1h", "")
    }  # fmt: skip
    assert {(row["run_id"], row["source"], row["window_start"]) for row in rows} == {
        ("r1", "sample", "2022-08-14T15:00:00+00:00")
    }
