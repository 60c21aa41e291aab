"""Folds the log's entries into the newsroom in service, and hands over to the next one without a gap.

Entries are folded on the event loop, a few at a time, so that a request always sees a complete state and never waits
for more than a slice. Folding and exchange share a lock: a newsroom is not exchanged in the middle of a slice, and
nothing is folded during an exchange.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from scipy.sparse import csr_array

from app.news.events.answer_memory import AnswerMemory
from script_shared.clock import Clock
from script_shared.errors import UnavailableError
from script_shared.events import Entry
from script_shared.events.following.follower import Batch
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.texts import Vectoriser

log = logging.getLogger("pauta.state_folder")
SLICE = 64  # entries folded before requests can run
MOST_SLICES = 200  # that a newsroom folds, at most, before it is put into service; writers wait for it
REQUESTS_TURN = partial(asyncio.sleep, 0.0)
Vectors = Mapping[int, csr_array]


@dataclass(frozen=True)
class Room:
    """A newsroom and what belongs to it: the release's clock and its vocabulary."""

    newsroom: Newsroom
    clock: Clock | None = None
    vectoriser: Vectoriser | None = None

    def vectors(self, entries: list[Entry]) -> Vectors:
        """Text vectors of posted articles, by number; takes long, so never on the event loop."""
        return self.vectoriser.vectors(entries) if self.vectoriser else {}

    def apply(self, entries: list[Entry], vectors: Vectors, *, after: int) -> None:
        """Fold entries that follow number ``after``; does nothing if entries before them are missing."""
        self.newsroom.apply(entries, vectors, after=after)
        self.advance()

    def advance(self) -> None:
        """Move the clock to the last folded entry; live events switch it from data time to wall time."""
        if self.clock is None:
            return
        self.clock.advance(self.newsroom.now_ms)
        if self.newsroom.live and self.clock.mode == "data":
            self.clock.switch()
            log.warning("live events arrived, so the release switches from data time to wall time")


Read = Callable[[Room], Awaitable[tuple[list[Entry], Vectors]]]


class StateFolder:
    """The newsroom in service, and who folds into it; a subscriber of the log.

    Args:
        answers: see every entry that is folded, once.
        read: the next entries of the log for a room, a slice of them, with their vectors; read beside the event loop.
        turn: lets requests use the event loop between two slices.

    Attributes:
        room: the room in service; None until there is a release, or it is certain that there is none.
        beside: rooms of releases that experiments need; they fold the same entries.
    """

    def __init__(self, answers: AnswerMemory, read: Read, turn: Callable[[], Awaitable[None]] = REQUESTS_TURN) -> None:
        self.room: Room | None = None
        self.beside: tuple[Room, ...] = ()
        self._answers, self._read, self._turn = answers, read, turn
        self._folding = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Fold on this event loop."""
        self._loop = loop

    def position(self) -> int | None:
        """Number of the last entry that state and answers both know; None while there is no state."""
        return None if self.room is None else min(self.room.newsroom.seq, self._answers.seq)

    def deliver(self, batch: Batch) -> None:
        """Called in the follower's thread: slow work is done here, the rest on the loop."""
        assert self._loop is not None
        if (room := self.room) is not None:
            vectors = room.vectors(batch.entries)
            asyncio.run_coroutine_threadsafe(self.fold(batch, room, vectors), self._loop).result()

    async def fold(self, batch: Batch, room: Room, vectors: Vectors) -> None:
        """Fold a batch, a slice at a time, for as long as the room that it was prepared for is in service."""
        after = batch.after
        for start in range(0, len(batch.entries), SLICE):
            entries = batch.entries[start : start + SLICE]
            async with self._folding:
                if self.room is not room:
                    return  # no longer in use; the room in service reads the batch again, with its own vectors
                room.apply(entries, vectors, after=after)
                self._answers.take(entries, after=after)
                for other in self.beside:
                    await self._bring_up(other)
            after = entries[-1].seq
            await self._turn()

    async def digest(self) -> tuple[int, str]:
        """The position of the newsroom in service and its digest there, which is computed in a thread.

        Nothing is folded during this time, so writers wait for it; lists do not.
        """
        assert self.room is not None
        async with self._folding:
            newsroom = self.room.newsroom
            return newsroom.seq, await asyncio.to_thread(newsroom.digest)

    async def keep(self, keep: Callable[[Newsroom], None]) -> None:
        """Save the newsroom in service, in a thread; nothing is folded during this time."""
        async with self._folding:
            if self.room is not None:
                await asyncio.to_thread(keep, self.room.newsroom)

    async def hand_over(self, room: Room) -> None:
        """Fold into the next newsroom what only the one in service knows, then exchange them in one step.

        So an acknowledged click counts in every later list. If the log cannot be read, or too much is missing, the
        rest is delivered later, like all entries after the position of the newsroom.
        """
        async with self._folding:
            await self._bring_up(room)
            self.adopt(room)

    async def join(self, room: Room) -> None:
        """Also fold into another newsroom, beside the one in service."""
        async with self._folding:
            await self._bring_up(room)
            self.beside = (*self.beside, room)

    def leave(self, newsroom: Newsroom) -> None:
        """Stop folding into a newsroom that joined."""
        self.beside = tuple(room for room in self.beside if room.newsroom is not newsroom)

    async def _bring_up(self, room: Room) -> None:
        """Fold what only the newsroom in service knows, a slice at a time; the rest comes with later entries."""
        try:
            for _ in range(MOST_SLICES):
                entries, vectors = await self._read(room) if self._lacks_entries(room) else ([], {})
                if not entries:
                    break
                room.apply(entries, vectors, after=room.newsroom.seq)
                await self._turn()
        except UnavailableError:
            pass

    def adopt(self, room: Room) -> None:
        """Switch to another newsroom."""
        if self.room is None:
            self._answers.seq = max(self._answers.seq, room.newsroom.seq)  # nothing was answered before
        before, self.room = self.room, room
        room.advance()
        if room.clock is not None:
            room.clock.follow(before.clock if before is not None and before.clock is not None else room.clock)

    def _lacks_entries(self, room: Room) -> bool:
        """Whether the newsroom in service knows entries that this one does not."""
        return self.room is not None and room.newsroom.seq < self.room.newsroom.seq
