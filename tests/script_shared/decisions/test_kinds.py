"""One function per kind of decision, and decisions that a program repeats."""

from contextlib import closing
from pathlib import Path

import pytest

from script_shared.audit.trail import AuditTrail
from script_shared.decisions import kinds
from script_shared.decisions.decision import KINDS, Decision
from script_shared.events import EventLog
from script_shared.settings import Settings

MADE = {
    "experiment": kinds.experiment_decision("token:ana", "news", "no-ranker", "start", after={"off": 0.1}, why="try"),
    "editorial": kinds.editorial_decision("token:ana", "news", after="article-1", why="pinned"),
    "drift": kinds.drift_decision("dag:news_data", "news", run="r1", columns=["region"], why="region moved"),
    "training": kinds.training_decision("dag:news_monitoring", "news", cause="drift", why="region moved"),
    "rollback": kinds.rollback_decision("news", "v2", "v1", why="worse than v1 by 3 points"),
    "configuration": kinds.configuration_decision("service", {"params.gate.tolerance": (0.01, 0.02)}, use_case="news"),
    "maintenance": kinds.maintenance_decision("dag:maintenance", "news", {"runs": 2, "old_events": 1_500, "posts": 0}),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", models_uri=str(tmp_path / "models"))


@pytest.mark.parametrize("kind", sorted(MADE))
def test_every_function_makes_its_kind_of_decision_with_a_reason(kind: str) -> None:
    assert kind in KINDS
    assert MADE[kind].what == kind
    assert MADE[kind].use_case == "news"
    assert MADE[kind].why


def test_the_texts_say_what_changed() -> None:
    assert MADE["experiment"].why == "experiment no-ranker: start: try"
    assert MADE["experiment"].after == '{"off":0.1}'
    assert MADE["maintenance"].why == "deleted: 2 runs, 1,500 old events"
    assert (MADE["configuration"].before, MADE["configuration"].after) == (
        "params.gate.tolerance=0.01",
        "params.gate.tolerance=0.02",
    )
    assert MADE["rollback"].who == "guard"


def test_a_repeated_decision_is_in_the_record_once_and_other_decisions_beside_it(settings: Settings) -> None:
    settings.data_dir.mkdir()
    first = kinds.training_decision("dag:a", "news", cause="drift", why="first try", once=("dag run 1", "start"))
    again = kinds.training_decision("dag:a", "news", cause="drift", why="second try", once=("dag run 1", "start"))
    other = kinds.training_decision("dag:a", "news", cause="drift", why="next day", once=("dag run 2", "start"))
    elsewhere = kinds.training_decision("dag:a", "students", cause="drift", why="students", once=("dag run 1", "start"))
    by_hand = [kinds.training_decision("command:ana", "news", cause="person", why="by hand") for _ in range(2)]
    with closing(EventLog(settings.events_address)) as log:
        trail = AuditTrail(settings, log)
        for decision in (first, again, other, elsewhere, *by_hand, again):
            assert trail.record(decision)
        assert [entry.why for entry in log.audit.chain()] == [
            "first try",
            "next day",
            "students",
            "by hand",
            "by hand",
        ]
        assert trail.check().problems == ()


def test_the_same_step_may_decide_two_things() -> None:
    publish, promote = (
        kinds.identify_decision(Decision("dag:a", what, "news", after="v1"), ("run", "step"))
        for what in ("publish", "promote")
    )
    assert publish.entry_id != promote.entry_id
