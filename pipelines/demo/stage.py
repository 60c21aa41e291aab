"""What a chapter of the story uses: commands of the platform, its API, and the file that the page reads."""

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from pipelines.demo.place import Place
from pipelines.registry import find
from pipelines.supervisor.components import Component, ComponentGroup
from pipelines.supervisor.console import say
from pipelines.use_case import Context, UseCase
from script_shared.clock import wall_ms
from script_shared.demo.story import Chapter, Note, Story, write_story
from script_shared.errors import PautaError, UnavailableError
from script_shared.events import EventLog
from script_shared.settings import Settings

T = TypeVar("T")
STEP = re.compile(r"^([a-z]+) +([\d.]+) s  ", re.MULTILINE)  # a line that a finished step prints
BEHIND = 10  # niceness of commands: readers do not wait for trainings
PATIENCE_SECONDS = 900.0
LOOK_SECONDS = 0.5


class ChapterFailedError(PautaError):
    """Something did not happen as the chapter says."""


def steps_in(log: Path) -> list[str]:
    """The steps that a command has finished, each with its time, as it prints them.

    Args:
        log: its output.
    """
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return [f"{name} {seconds} s" for name, seconds in STEP.findall(text)]


@dataclass
class Stage:
    """The running demo.

    Attributes:
        place: folder and environment.
        settings: of the platform.
        components: the API and the traffic.
        tokens: of the people, by name.
        story: what the page shows.
        chapter: the one that goes on.
        kept: what a chapter leaves for later ones, by name.
    """

    place: Place
    settings: Settings
    components: ComponentGroup
    tokens: Mapping[str, str]
    story: Story
    chapter: Chapter = field(init=False)
    kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chapter = self.story.chapters[0]

    def note(self, key: str, **values: Any) -> None:
        """Note something that happened.

        Args:
            key: names the sentence.
            values: what it mentions.
        """
        say(f"{self.chapter.name}: {key} {', '.join(f'{name} {value}' for name, value in values.items())}")
        self.chapter.notes.append(Note(key, values))
        self.save()

    def show(self, **now: Any) -> None:
        """Show figures of this moment, until the next ones of the same names.

        Args:
            now: by name.
        """
        self.chapter.now.update(now)
        self.save()

    def save(self) -> None:
        """Write the file of the story."""
        write_story(self.place.story, self.story)

    def case(self, name: str) -> UseCase:
        """A use case.

        Args:
            name: such as ``news``.
        """
        return find(self.settings, name)

    def context(self, name: str, run_id: str = "demo") -> Context:
        """The settings, params and run of a use case.

        Args:
            name: of the use case.
            run_id: of the run.
        """
        return self.case(name).context(self.settings, run_id)

    def command(self, *arguments: str) -> None:
        """Run ``python -m pipelines`` with arguments, while the components are watched.

        Args:
            arguments: of the command; the page shows them.

        Raises:
            UnavailableError: it failed; the message ends with its last lines.
        """
        self.show(command=" ".join(("python -m pipelines", *arguments)), steps=[])
        command = (sys.executable, "-m", "pipelines", *arguments)
        log = self.place.logs / f"command-{wall_ms()}.log"
        component = Component(arguments[0], command, self.place.environment, log, nice=BEHIND)

        def show_steps() -> None:
            if (found := steps_in(log)) != self.chapter.now["steps"]:
                self.show(steps=found)

        self.components.run_once(component, show_steps)
        self.show(command="", steps=[])

    @contextmanager
    def api(self, person: str = "") -> Iterator[httpx.Client]:
        """A client of the API with the token of a person.

        Args:
            person: one of ``tokens``; "" for the admin.
        """
        token = self.tokens[person] if person else self.place.admin_token
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.place.url, headers=headers, timeout=30, trust_env=False) as client:
            yield client

    def wait(self, what: str, ready: Callable[[], T | None], seconds: float = PATIENCE_SECONDS) -> T:
        """Ask again and again, while the components are watched.

        Args:
            what: what is waited for, as the beginning of a sentence.
            ready: gives nothing as long as it is not there.
            seconds: how long to wait at most.

        Raises:
            UnavailableError: it took longer.
        """

        def ask() -> T | None:
            try:
                return ready()
            except httpx.HTTPError as error:
                raise UnavailableError(f"The API does not answer: {error}.") from error

        return self.components.wait_for(what, ask, seconds, every=LOOK_SECONDS)

    def wait_for_release(self, use_case: str, release: str) -> None:
        """Wait until the API serves a release.

        Args:
            use_case: whose.
            release: its version.

        Raises:
            UnavailableError: it took too long.
        """
        with self.api() as client:
            self.wait(
                f"Serving {release}",
                lambda: client.get("/ready", params={"use_case": use_case}).json().get("release") == release,
            )

    def newest_entry(self) -> int:
        """Number of the newest entry of the record; 0 for none."""
        with closing(EventLog(self.settings.events_address)) as log:
            newest = log.audit.read(limit=1)
        return newest[0].number if newest else 0

    def pause(self, seconds: float) -> None:
        """Let the components work.

        Args:
            seconds: how long.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.components.watch()
            time.sleep(min(LOOK_SECONDS, max(0.0, until - time.monotonic())))
