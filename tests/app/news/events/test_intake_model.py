"""Every interleaving of writer, follower, event loop and release swap, step by step on one thread.

The real log, follower, folder and newsrooms run here; only *when* each of them goes on is chosen by hypothesis. Where
the code awaits, it waits at a gate that a step of the model opens.
"""

import asyncio
import tempfile
from collections import deque
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.news.events.answer_memory import AnswerMemory
from app.news.events.catch_up import NOT_FOLDED
from app.news.events.state_folder import Room, StateFolder
from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.entry import user_digest
from script_shared.events.following.follower import Batch, LogFollower
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import START_MS, small_params

pytestmark = pytest.mark.slow

KINDS = st.sampled_from([Kind.CLICK] * 4 + [Kind.IMPRESSION, Kind.ARTICLE, Kind.ERASE, Kind.SERVED])
SAID = st.tuples(KINDS, st.integers(0, 3), st.integers(0, 20))


class Gates:
    """Where code that awaits pauses until a step lets it continue."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._waiting = loop, deque[asyncio.Future[None]]()

    async def __call__(self) -> None:
        self._waiting.append(gate := self._loop.create_future())
        await gate

    def open(self, which: int = 0) -> None:
        """Let one of those who wait go on, and everything that follows from it happen."""
        if self._waiting:
            self._waiting.rotate(-which)
            self._waiting.popleft().set_result(None)
        for _ in range(5):
            self._loop.call_soon(self._loop.stop)
            self._loop.run_forever()

    @property
    def shut(self) -> bool:
        """Whether anybody waits."""
        return bool(self._waiting)


class Tags:
    """A vocabulary whose vectors say which release they belong to."""

    def __init__(self, release: int) -> None:
        self.release = release

    def vectors(self, entries: list[Entry]) -> dict[int, Any]:
        return {entry.seq: self.release for entry in entries if entry.kind == Kind.ARTICLE}


class Witness(AnswerMemory):
    """Notes which entries it was shown."""

    def __init__(self) -> None:
        super().__init__(lambda entries: None, lambda credit: None)
        self.shown: list[int] = []

    def _look_at(self, entry: Entry) -> None:
        self.shown.append(entry.seq)


class Intake(RuleBasedStateMachine):
    """One process of the service, its log, and other processes that write to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder_of_log = tempfile.TemporaryDirectory()
        self.log = EventLog(f"sqlite:///{Path(self.folder_of_log.name) / 'events.db'}")
        self.loop = asyncio.new_event_loop()
        self.gates, self.answers = Gates(self.loop), Witness()
        self.folder = StateFolder(self.answers, self._next, self.gates)
        self.follower = LogFollower(self.log, self.folder, without=NOT_FOLDED)
        self.broken = self.went_without = False
        self.number = self.release = 0
        self.written = self.acknowledged = self.counted = 0
        self.batch: Batch | None = None
        self.task: asyncio.Task[None] | None = None
        self.swap: asyncio.Task[None] | None = None
        self.clean = Newsroom(LiveState(small_params()))
        self.digests, self.folded = {0: self.clean.digest()}, [0]
        patcher = patch("app.news.events.state_folder.SLICE", 2)
        patcher.start()
        self._ends = [patcher.stop, self.log.close, self.folder_of_log.cleanup, self.loop.close]

    async def _next(self, room: Room) -> tuple[list[Entry], Any]:
        await self.gates()
        if self.broken:
            raise UnavailableError("the event log cannot be used.")
        entries = self.log.tail(room.newsroom.seq, 2, without=NOT_FOLDED)
        return entries, room.vectors(entries)

    def _room(self) -> Room:
        self.release += 1
        return Room(Newsroom(LiveState(small_params())), None, Tags(self.release))  # type: ignore[arg-type]

    @initialize(said=st.lists(SAID, max_size=8))
    def begin(self, said: list[tuple[Kind, int, int]]) -> None:
        self.folder.adopt(self._room())
        self.write(said)

    @rule(said=st.lists(SAID, min_size=1, max_size=5))
    def write(self, said: list[tuple[Kind, int, int]]) -> None:
        """This process or another one writes; a clean fold of the log is made beside it."""
        entries = []
        for kind, user, article in said:
            self.number += 1
            body = {"digest": user_digest(f"u{user}")} if kind == Kind.ERASE else {"title": "t"}
            page = "" if kind == Kind.ERASE else f"a{article}"
            time_ms = START_MS + 60_000 * self.number
            entries.append(Entry(f"e{self.number}", kind, time_ms, f"u{user}", page, body))
        self.log.append(entries)
        self.written = self.log.head()
        for entry in self.log.tail(self.clean.seq, without=NOT_FOLDED):
            self.clean.apply([entry])
            self.digests[entry.seq] = self.clean.digest()
            self.folded.append(entry.seq)

    @rule()
    def follow(self) -> None:
        """The follower goes on: it hands over what it read, or reads; at the end of the log it answers who waits."""
        if self.batch is not None:
            self._deliver(self.batch)
        elif self.task is None:
            self.batch = self.follower.read()
            if self.batch is None:
                self.acknowledged = self.written

    def _deliver(self, batch: Batch) -> None:
        """As the folder does in the follower's thread."""
        room, self.batch = self.folder.room, None
        assert room is not None
        self.task = self.loop.create_task(self.folder.fold(batch, room, room.vectors(batch.entries)))
        self.go_on(0)

    @rule(which=st.integers(0, 2), turns=st.integers(1, 4))
    def go_on(self, which: int, turns: int = 1) -> None:
        """The event loop takes some more turns."""
        for _ in range(turns):
            self.gates.open(which)
        if self.task is not None and self.task.done():
            self.task = self.task.result()
        if self.swap is not None and self.swap.done():
            self.swap = self.swap.result()

    @rule(gathered=st.integers(0, 12), lucky=st.integers(0, 3))
    def load(self, gathered: int, lucky: int) -> None:
        """A new release: what its thread gathered of the log, and whether the log can be read from then on."""
        if self.swap is not None:
            return
        room, self.broken = self._room(), lucky == 3
        entries = self.log.tail(0, gathered, without=NOT_FOLDED)
        room.apply(entries, room.vectors(entries), after=0)
        self.swap = self.loop.create_task(self.folder.hand_over(room))
        self.went_without |= self.broken
        self.go_on(0)

    @invariant()
    def the_state_is_a_clean_fold_of_the_log(self) -> None:
        if self.folder.room is not None:
            newsroom = self.folder.room.newsroom
            assert newsroom.digest() == self.digests[newsroom.seq]

    @invariant()
    def what_counted_once_counts_on_unless_a_swap_had_to_do_without_the_log(self) -> None:
        if self.folder.room is not None and not self.went_without:
            assert self.folder.room.newsroom.seq >= self.counted
            self.counted = self.folder.room.newsroom.seq

    @invariant()
    def vectors_are_of_the_release_in_service(self) -> None:
        if (room := self.folder.room) is not None:
            assert set(room.newsroom.vectors.values()) <= {room.vectoriser.release}  # type: ignore[union-attr]

    @invariant()
    def the_answers_were_shown_every_entry_once(self) -> None:
        assert [0, *self.answers.shown] == [seq for seq in self.folded if seq <= self.answers.seq]

    def teardown(self) -> None:
        if self.folder.room is not None:
            self.drain()
        for end in self._ends:
            end()

    def drain(self) -> None:
        """Everything comes to rest: no entry may be missing then."""
        self.broken, self.acknowledged = False, -1
        while self.gates.shut or self.acknowledged < self.written:
            self.go_on(0)
            self.follow()
        assert self.folder.room is not None
        assert self.task is None
        assert self.swap is None
        assert self.folder.room.newsroom.seq == self.folded[-1] == self.answers.seq
        self.the_state_is_a_clean_fold_of_the_log()
        self.the_answers_were_shown_every_entry_once()


TestIntake = Intake.TestCase
TestIntake.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
