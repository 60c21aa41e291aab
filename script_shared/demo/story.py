"""The story of the demo as a file: its chapters, what happened in each, and its entries of the record."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from script_shared.clock import wall_ms

FOLDER = "demo"  # in the data folder
CONTINUE = "continue.json"  # beside the story: a visitor wants the next chapter now
CHAPTERS = ("start", "breaking", "editors", "refused", "drift", "guard", "record")
State = Literal["waiting", "running", "done", "failed"]


@dataclass
class Note:
    """Something that happened.

    Attributes:
        key: names its sentence among the words of the page.
        values: what the sentence mentions.
        at_ms: epoch milliseconds, UTC.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    at_ms: int = field(default_factory=wall_ms)


@dataclass
class Chapter:
    """One chapter.

    Attributes:
        name: one of ``CHAPTERS``.
        state: ``failed`` if something did not happen as it should.
        began_ms, ended_ms: epoch milliseconds, UTC; 0 for not yet.
        after, until: numbers of entries of the record: those of the chapter are later than ``after``, up to ``until``;
            0 for no end yet.
        notes: what happened, in order.
        now: figures of this moment, by name.
        problem: why it failed.
    """

    name: str
    state: State = "waiting"
    began_ms: int = 0
    ended_ms: int = 0
    after: int = 0
    until: int = 0
    notes: list[Note] = field(default_factory=list)
    now: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass
class Story:
    """The whole story.

    Attributes:
        minutes: in which readers live a day.
        next_ms: when the next chapter begins by itself, epoch milliseconds, UTC; 0 while one goes on.
    """

    minutes: float = 10.0
    next_ms: int = 0
    chapters: list[Chapter] = field(default_factory=lambda: [Chapter(name) for name in CHAPTERS])

    def chapter(self, name: str) -> Chapter:
        """One chapter.

        Args:
            name: one of ``CHAPTERS``.
        """
        return next(each for each in self.chapters if each.name == name)


def story_file(data_dir: Path) -> Path:
    """Where the story of an installation is.

    Args:
        data_dir: data folder of the installation.
    """
    return data_dir / FOLDER / "story.json"


def write_json(path: Path, content: Any) -> None:
    """Replace a JSON file; a reader gets either the old or the new one.

    Args:
        path: its folder exists.
        content: JSON values.
    """
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty while there is none.

    Args:
        path: of the file.

    Returns:
        JSON values by name.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def write_story(path: Path, story: Story) -> None:
    """Replace the file of the story.

    Args:
        path: as ``story_file`` gives it.
        story: all of it.
    """
    write_json(path, asdict(story))


def read_story(path: Path) -> Story:
    """The story as far as it has come; one without a beginning while there is no file.

    Args:
        path: as ``story_file`` gives it.
    """
    found = read_json(path)
    chapters = [
        Chapter(**{**each, "notes": [Note(**note) for note in each["notes"]]}) for each in found.pop("chapters", [])
    ]
    return Story(**found, chapters=chapters) if chapters else Story()
