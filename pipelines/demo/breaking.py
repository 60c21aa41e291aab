"""The breaking story of the demo: how many readers want to read it, by its age."""

from dataclasses import dataclass
from math import exp
from pathlib import Path

from script_shared.clock import HOUR_MS
from script_shared.demo.story import read_json, write_json

FILE = "breaking.json"  # the story tells the traffic with it
MOST = 0.35  # of all reads at the peak
RISE_HOURS, FALL_HOURS = 1.5, 5.0


@dataclass(frozen=True)
class Breaking:
    """The story and when it broke, epoch milliseconds on the clock of the site."""

    page: str
    since_ms: int

    def share(self, now_ms: int) -> float:
        """Share of the readers who want to read it at a moment.

        >>> [round(Breaking("a", 0).share(int(hours * 3_600_000)), 2) for hours in (0, 0.5, 1.5, 9)]
        [0.0, 0.09, 0.16, 0.06]
        """
        age = (now_ms - self.since_ms) / HOUR_MS
        return MOST * (1 - exp(-age / RISE_HOURS)) * exp(-age / FALL_HOURS) if age > 0 else 0.0


def announce(folder: Path, story: Breaking) -> None:
    """Let the traffic know of the story.

    Args:
        folder: state of the demo.
        story: replaces an earlier one.
    """
    write_json(folder / FILE, {"page": story.page, "since_ms": story.since_ms})


def announced_story(folder: Path) -> Breaking | None:
    """The story that was announced; None for none yet.

    Args:
        folder: state of the demo.
    """
    found = read_json(folder / FILE)
    return Breaking(str(found["page"]), int(found["since_ms"])) if found else None
