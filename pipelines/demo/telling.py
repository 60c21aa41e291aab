"""Tells the story: one chapter after the other, each noted with its end and its entries of the record."""

from collections.abc import Callable

from pipelines.demo.chapters.bad_release import bad_release
from pipelines.demo.chapters.breaking import breaking_story
from pipelines.demo.chapters.drifted_data import drifted_data
from pipelines.demo.chapters.editors import editors_rule
from pipelines.demo.chapters.live_guard import live_guard
from pipelines.demo.chapters.record import checked_record
from pipelines.demo.chapters.start import start
from pipelines.demo.stage import LOOK_SECONDS, Stage
from pipelines.supervisor.console import say
from script_shared.clock import wall_ms
from script_shared.demo.story import CHAPTERS, CONTINUE
from script_shared.errors import PautaError

HAPPENS: dict[str, Callable[[Stage], None]] = {
    "start": start,
    "breaking": breaking_story,
    "editors": editors_rule,
    "refused": bad_release,
    "drift": drifted_data,
    "guard": live_guard,
    "record": checked_record,
}
assert tuple(HAPPENS) == CHAPTERS


def tell(stage: Stage, pause_seconds: float) -> bool:
    """Tell all chapters; one that fails is shown as failed, and the next one begins.

    Args:
        stage: of the demo.
        pause_seconds: between two chapters, so that a visitor can look around.

    Returns:
        whether every chapter happened.
    """
    for chapter in stage.story.chapters:
        if chapter.name != CHAPTERS[0]:
            _pause(stage, pause_seconds)
        stage.chapter = chapter
        chapter.state, chapter.began_ms, chapter.after = "running", wall_ms(), stage.newest_entry()
        stage.save()
        try:
            HAPPENS[chapter.name](stage)
            chapter.state = "done"
        except PautaError as error:
            chapter.state, chapter.problem = "failed", error.message
            say(f"{chapter.name} failed. {error.log_text}")
        chapter.ended_ms, chapter.until = wall_ms(), stage.newest_entry()
        chapter.now["command"] = ""
        stage.save()
    return all(chapter.state == "done" for chapter in stage.story.chapters)


def _pause(stage: Stage, seconds: float) -> None:
    """Wait, or until a visitor wants to go on."""
    wish = stage.place.state / CONTINUE
    wish.unlink(missing_ok=True)
    stage.story.next_ms = wall_ms() + round(seconds * 1000)
    stage.save()
    while wall_ms() < stage.story.next_ms and not wish.exists():
        stage.pause(LOOK_SECONDS)
    stage.story.next_ms = 0
