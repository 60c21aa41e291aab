"""The story: chapters in order, failures that do not stop it, pauses that a visitor ends, and its file."""

import os
import time
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from pipelines.demo import telling
from pipelines.demo.place import Place
from pipelines.demo.stage import ChapterFailedError, Stage, steps_in
from pipelines.supervisor.components import ComponentGroup
from script_shared.decisions.decision import Decision
from script_shared.demo.story import CHAPTERS, CONTINUE, Story, read_story, write_json
from script_shared.events import EventLog
from script_shared.settings import Settings


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    place = Place(tmp_path, 8001, "a token of the demo", {})
    settings = Settings(data_dir=place.data, models_uri=str(tmp_path / "models"))
    place.state.mkdir(parents=True)
    with closing(EventLog(settings.events_address)) as log:
        log.audit.append(Decision("token:ana", "token", why="older than the story"))
    monkeypatch.setattr(telling, "HAPPENS", dict.fromkeys(CHAPTERS, happen))
    return Stage(place, settings, ComponentGroup(), {}, Story())


def happen(stage: Stage) -> None:
    """A chapter that takes a decision."""
    with closing(EventLog(stage.settings.events_address)) as log:
        log.audit.append(Decision("token:ana", "editorial", why=stage.chapter.name))
    stage.show(command="python -m pipelines")
    stage.note("verified", entries=1)


def fail(stage: Stage) -> None:
    """A chapter that does not happen."""
    raise ChapterFailedError("it did not happen")


def test_each_chapter_has_its_own_entries_of_the_record(stage: Stage) -> None:
    assert telling.tell(stage, 0.0)
    chapters = read_story(stage.place.story).chapters
    assert [each.name for each in chapters] == list(CHAPTERS)
    assert {each.state for each in chapters} == {"done"}
    assert [(each.after, each.until) for each in chapters] == [(number, number + 1) for number in range(1, 8)]
    assert all(0 < each.began_ms <= each.ended_ms for each in chapters)
    assert [each.now["command"] for each in chapters] == [""] * len(CHAPTERS)


def test_a_chapter_that_does_not_happen_is_shown_and_stops_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(telling.HAPPENS, "editors", fail)
    assert not telling.tell(stage, 0.0)
    states = {each.name: each.state for each in read_story(stage.place.story).chapters}
    assert states.pop("editors") == "failed"
    assert set(states.values()) == {"done"}
    assert read_story(stage.place.story).chapter("editors").problem == "it did not happen"


def test_the_finished_steps_of_a_command_are_shown(stage: Stage) -> None:
    shown: list[list[str]] = []
    log_of = stage.show

    def show(**now: object) -> None:
        log_of(**now)
        shown.append(list(stage.chapter.now.get("steps", [])))

    stage.show = show  # type: ignore[method-assign]
    stage.command("news", "--help")
    assert shown[0] == shown[-1] == []
    log = stage.place.logs / "steps.log"
    log.write_text("run r1\nrefine         2.9 s  rows 1\ntrain         14.3 s  \n             logged: 1.0 s  x\n")
    assert steps_in(log) == ["refine 2.9 s", "train 14.3 s"]


def test_a_visitor_ends_a_pause(stage: Stage) -> None:
    write_json(stage.place.state / CONTINUE, {})  # of an earlier pause
    waits: list[int] = []

    def go_on(seconds: float) -> None:
        waits.append(read_story(stage.place.story).next_ms)
        if len(waits) > 2:
            write_json(stage.place.state / CONTINUE, {})

    stage.pause = go_on  # type: ignore[method-assign]
    began = time.monotonic()
    telling._pause(stage, 600.0)
    assert time.monotonic() - began < 60
    assert len(waits) == 3
    assert waits[0] / 1000 == pytest.approx(time.time() + 600, abs=60)
    assert stage.story.next_ms == 0


def test_the_demo_has_no_settings_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_EVENTS_URI", "sqlite:////somewhere/events.db")
    monkeypatch.setenv("PAUTA_MODELS_URI", "/an/installation")
    with patch.dict(os.environ):
        settings = Place(tmp_path, 8001, "a token of the demo", {}).settings()
    assert settings.events_address.endswith(f"{tmp_path}/data/events.db")
    assert settings.models_uri == str(tmp_path / "models")
    assert settings.clock == "data"
    assert settings.mlflow_address is None
