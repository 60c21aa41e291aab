"""Drift of what a release answers starts a training only if the windows before are of the same release."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.monitoring.trigger import Trigger, decide
from pipelines.news.evaluation.service import note_answers
from tests.pipelines.monitoring.place import Place
from tests.pipelines.news.evaluation.test_service import HOUR_MS, NOON_MS, answers, evaluation

HOURS = 12


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place(tmp_path, "news", ("monitoring.max_age_hours = 0", "monitoring.cool_down_hours = 0"))
    found.serve("v1")
    return found


def evaluate(place: Place, turn: int, release: str, table: pl.DataFrame) -> Trigger:
    """Compare the answers of a window, as the scheduled evaluation does; then what the monitoring decides."""
    start = NOON_MS + turn * HOURS * HOUR_MS
    window = {"start": "a", "end": "b", "start_ms": start, "end_ms": start + HOURS * HOUR_MS, "protocol": "time_split"}
    of = replace(evaluation(None, f"r{turn}.service"), releases={"in_service": release}, window=window)
    note_answers(place.context(), of, table)
    return decide(place.case, place.context(), by="command:ana", busy=False, now=datetime.now(UTC))


def test_another_source_of_answers_of_the_same_release_starts_one_training(place: Place) -> None:
    assert {evaluate(place, turn, "v1", answers(turn)).dag_id for turn in range(6)} == {""}
    found = evaluate(place, 6, "v1", answers(6, ranked=0.1))
    assert found.dag_id == "news_data"
    assert found.note == "large drift of answer.source in what release v1 answers"
    assert evaluate(place, 7, "v1", answers(7, ranked=0.1)).dag_id == ""


def test_another_release_that_answers_from_another_source_starts_none(place: Place) -> None:
    for turn in range(6):
        evaluate(place, turn, "v1", answers(turn))
    place.serve("v2")
    for turn in range(6, 12):
        assert evaluate(place, turn, "v2", answers(turn, ranked=0.1)).dag_id == ""
    assert evaluate(place, 12, "v2", answers(12, ranked=0.7)).dag_id == "news_data"
