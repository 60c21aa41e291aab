"""One `make demo` from start to stop: a new world, the API with the tour, the story, then traffic until Ctrl-C."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from pipelines.demo.components import api
from pipelines.demo.params import write_params
from pipelines.demo.people import make_tokens
from pipelines.demo.place import Place
from pipelines.demo.stage import Stage
from pipelines.demo.telling import tell
from pipelines.demo.world import write_world
from pipelines.supervisor.checks import check_libraries, check_port
from pipelines.supervisor.components import ComponentGroup
from pipelines.supervisor.console import say, say_block
from pipelines.supervisor.until_stopped import run_until_stopped
from script_shared.demo.story import Story, write_story

WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Choices:
    """What a person chooses.

    Attributes:
        root: folder of the demo; what an earlier one left there is deleted.
        port: of the API.
        minutes: in which readers live a day.
        pause_seconds: between two chapters.
    """

    root: Path
    port: int
    minutes: float
    pause_seconds: float


def supervise(choices: Choices) -> int:
    """Run the demo until it is asked to stop.

    Args:
        choices: of the person.

    Returns:
        exit code: 0 after a stop, 1 when something failed.
    """
    return run_until_stopped(choices.root, lambda components: _run(choices, components))


def _run(choices: Choices, components: ComponentGroup) -> None:
    check_libraries()
    check_port("port", "the demo", choices.port, "make demo")
    place = _new_place(choices)
    settings, story = place.settings(), Story(choices.minutes)
    place.state.mkdir(parents=True)
    write_story(place.story, story)
    tokens = make_tokens(settings, place.state)
    components.start(api(place))
    say_block(f"\n  The tour  {place.url}/tour\n\n  Ctrl-C stops everything.\n")
    stage = Stage(place, settings, components, tokens, story)
    say("generating the site")
    stage.kept["since_ms"] = str(write_world(place.world, stage.context("news").params.sample))
    happened = tell(stage, choices.pause_seconds)
    say("the story is over; the readers stay" if happened else "not every chapter happened; the page says why")
    while True:
        components.watch()
        time.sleep(WATCH_SECONDS)


def _new_place(choices: Choices) -> Place:
    """An empty folder with the params of the demo."""
    for name in ("world", "landing", "data", "models", "evaluation", "cache", "params"):
        shutil.rmtree(choices.root / name, ignore_errors=True)
    return Place(choices.root, choices.port, token_urlsafe(24), write_params(choices.root / "params"))
