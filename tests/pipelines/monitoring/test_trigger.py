"""When a training starts by itself, and how often."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.decisions import note_step
from pipelines.drift import SERVED, compare, write_figures
from pipelines.monitoring.limits import FILE
from pipelines.monitoring.reasons import reasons
from pipelines.monitoring.trigger import Trigger, decide
from pipelines.training_note import note_tags
from pipelines.use_case import Context
from script_shared.errors import InputError, UnavailableError
from tests.pipelines.monitoring.place import Place

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
GUARD = {
    "release": "v1",
    "to": "",
    "comparisons": {"popularity": {"value": -0.05, "high": -0.01}},
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def decided(place: Place, at: datetime = NOW, *, busy: bool = False, key: str = "") -> Trigger:
    return decide(place.case, place.context(), by="command:ana", busy=busy, now=at, key=key)


@pytest.mark.parametrize("name", ["news", "students", "recruiting"])
def test_large_drift_of_unused_data_starts_one_training_on_them_and_not_ten(tmp_path: Path, name: str) -> None:
    place = Place(tmp_path, name, ("monitoring.max_age_hours = 0",))
    place.serve()
    place.drift("r1")
    found = [decided(place, NOW + number * 10 * timedelta(minutes=1)) for number in range(10)]
    assert [each.dag_id for each in found] == [f"{name}_training", *[""] * 9]
    assert found[0].run_id == "r1"
    assert found[0].note == "large drift of ida in run r1, whose data no training has used"
    assert "no training: the last one was started" in found[1].note
    (entry,) = place.entries()
    assert (entry.what, entry.who, entry.why) == ("training", "command:ana", found[0].note)
    assert json.loads(entry.evidence)["cause"] == "drift"
    step = place.case.training_steps[0]
    (place.run("r1").folder(step.folder)).mkdir(parents=True)
    assert decided(place, NOW + 100 * HOUR).dag_id == "", "a training of that run began: the drift is dealt with"


def test_drift_that_is_not_large_or_of_a_run_without_data_starts_none(place: Place) -> None:
    place.serve()
    place.drift("r1", alarm=False)
    assert decided(place).note == "no threshold is crossed"
    place.write("drift.json", {"comparisons": {"long_term": {"run_id": "gone", "alarm": True, "columns": []}}})
    assert decided(place).dag_id == ""
    place.write("drift.json", {"comparisons": {"long_term": {"run_id": "../x", "alarm": True, "columns": []}}})
    assert decided(place).dag_id == ""
    place.drift("r1")
    place.changes = ("monitoring.on_drift = false",)
    assert decided(place).dag_id == ""


def test_drift_of_data_is_still_seen_after_the_answers_of_the_release_were_compared(tmp_path: Path) -> None:
    place = Place(tmp_path, "news", ("monitoring.max_age_hours = 0",))
    place.serve()
    place.drift("r1")
    calm = compare(pl.DataFrame(), pl.DataFrame(), names=("before", "now"))
    write_figures(place.settings.evaluation_dir / "news", {SERVED[0]: calm}, "r2.service", names=SERVED)
    assert decided(place).run_id == "r1"


def test_large_drift_of_answers_starts_one_training_for_a_release(tmp_path: Path) -> None:
    place = Place(tmp_path, "news", ("monitoring.max_age_hours = 0", "monitoring.cool_down_hours = 0"))
    place.serve("v1")
    columns = [{"column": "answer.source", "level": "large", "used": True}]
    served = {"run_id": "r1.service", "release": "v1", "alarm": True, "columns": columns}
    place.write("drift.json", {"comparisons": {SERVED[0]: served}})
    found = decided(place)
    assert (found.dag_id, found.note) == ("news_data", "large drift of answer.source in what release v1 answers")
    assert decided(place, NOW + 100 * HOUR).dag_id == ""
    place.serve("v2")
    assert decided(place, NOW + 200 * HOUR).dag_id == "", "these are answers of the release before"
    place.write("drift.json", {"comparisons": {SERVED[0]: served | {"release": "v2"}}})
    place.changes = (*place.changes, "monitoring.on_answers_drift = false")
    assert decided(place, NOW + 300 * HOUR).dag_id == ""
    place.changes = place.changes[:-1]
    assert decided(place, NOW + 300 * HOUR).dag_id == "news_data"
    assert [json.loads(entry.evidence)["cause"] for entry in place.entries()] == ["drift", "drift"]


@pytest.mark.parametrize("name", ["news", "students", "recruiting"])
def test_an_old_release_starts_a_training_on_new_data(tmp_path: Path, name: str) -> None:
    place = Place(tmp_path, name, ("monitoring.max_age_hours = 10",))
    assert decided(place, NOW + 999 * HOUR).dag_id == "", "without a release there is nothing to be old"
    place.serve()
    assert decided(place, NOW + 9 * HOUR).dag_id == ""
    found = decided(place, NOW + 11 * HOUR)
    assert found.dag_id == f"{name}_data"
    assert found.note == "release v1 is 11 hours old; the threshold is 10"
    place.changes = ("monitoring.max_age_hours = 0",)
    assert not reasons(place.case, place.context(), NOW + 9_999 * HOUR)


def test_a_low_live_hit_rate_starts_a_training_unless_another_release_is_in_service(tmp_path: Path) -> None:
    place = Place(tmp_path, "news")
    place.serve()
    place.write("guard.json", GUARD)
    found = decided(place)
    assert found.dag_id == "news_data"
    assert found.note.startswith("the live hit rate is -0.050 compared with popularity, at most -0.010")
    for other in (
        {"release": "v0"},
        {"to": "v0"},
        {"comparisons": {}},
        {"comparisons": {"popularity": {"high": None}}},
    ):
        place.write("guard.json", GUARD | other)
        assert not reasons(place.case, place.context(), NOW)
    place.write("guard.json", GUARD)
    place.changes = ("guard.train_below = -1",)
    assert not reasons(place.case, place.context(), NOW)


def test_there_are_no_more_than_the_allowed_number_within_24_hours(place: Place) -> None:
    place.changes = (
        "monitoring.max_age_hours = 1", "monitoring.cool_down_hours = 3", "monitoring.per_day = 2",
    )  # fmt: skip
    place.serve()
    started = [hour for hour in range(2, 60) if decided(place, NOW + hour * HOUR).dag_id]
    assert started == [2, 5, 26, 29, 50, 53]
    place.changes = (*place.changes, "monitoring.per_day = 0")
    assert "per_day is 0" in decided(place, NOW + 999 * HOUR).note


def test_a_start_on_a_clock_that_was_ahead_keeps_none_from_starting(place: Place) -> None:
    place.changes = ("monitoring.max_age_hours = 1",)
    place.serve()
    assert decided(place, NOW + 9_999 * HOUR).dag_id
    assert decided(place, NOW + 2 * HOUR).dag_id
    assert not decided(place, NOW + 3 * HOUR).dag_id


def test_while_a_training_is_under_way_none_starts_and_none_is_counted(place: Place) -> None:
    place.serve()
    place.drift("r1")
    assert "under way already" in decided(place, busy=True).note
    assert not place.entries()
    assert decided(place).dag_id == "students_training"


@pytest.mark.parametrize("cause", ["drift", "age"])
def test_a_caller_that_repeats_its_key_gets_the_same_training_and_one_entry(place: Place, cause: str) -> None:
    """Airflow repeats a task whose worker is lost after the training was stored."""
    place.serve()
    place.changes = ("monitoring.max_age_hours = 1",)
    if cause == "drift":
        place.drift("r1")
    first = decided(place, NOW + 2 * HOUR, key="scheduled__1")
    assert first.dag_id == ("students_training" if cause == "drift" else "students_data")
    assert decided(place, NOW + 2 * HOUR, key="scheduled__1", busy=True) == first
    assert decided(place, NOW + 2 * HOUR, key="scheduled__2").dag_id == "", "the cool-down holds for other runs"
    assert len(place.entries()) == 1


def test_a_training_that_was_stored_but_not_recorded_is_recorded_when_its_task_is_repeated(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.serve()
    place.drift("r1")
    with monkeypatch.context() as patch:

        def lost(*_: object) -> None:
            raise UnavailableError("the worker was lost.")

        patch.setattr("pipelines.monitoring.trigger.record", lost)
        with pytest.raises(UnavailableError):
            decided(place, key="scheduled__1")
    assert not place.entries()
    assert decided(place, key="scheduled__1").dag_id == "students_training"
    (entry,) = place.entries()
    assert json.loads(entry.evidence)["reasons"] == [{"cause": "drift", "run": "r1", "columns": ["ida"]}]


def test_the_reason_reaches_the_record_once_and_the_tags_of_mlflow(place: Place) -> None:
    place.serve()
    place.drift("r1")
    found = decided(place)
    case = place.case
    context = Context(place.settings, place.context().params, place.run("r1"))
    note_step(case, context, case.training_steps[0], {}, "dag:students_training", "started as manual: x")
    (entry,) = place.entries()
    assert entry.why == found.note
    assert note_tags(place.run("r1")) == {"pauta.trigger_cause": "drift", "pauta.trigger_why": found.note}
    with place.run("r1").write("gated"):
        pass
    note_step(case, context, case.training_steps[0], {}, "dag:students_training", "started as manual: y")
    assert [entry.why for entry in place.entries()] == [found.note, "started as manual: y"], "trained again by hand"
    assert note_tags(place.run("r2")) == {}


def test_a_damaged_memory_says_what_to_do(place: Place) -> None:
    place.serve()
    place.drift("r1")
    folder = place.settings.data_dir / "students"
    (folder / FILE).write_text('{"trainings": [{}]}')
    with pytest.raises(InputError, match="is damaged"):
        decided(place)
