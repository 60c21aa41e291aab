"""The event log in one process: intake of events, the folded state, and the answers.

``app.news.events.state_folder`` folds, ``app.news.events.catch_up`` folds the log for a new release,
``app.news.events.answer_memory`` judges answers. The thread that follows the log waits for the event loop, and answers
a writer once its entries are folded.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from functools import partial

from app.news.events.answer_memory import AnswerMemory
from app.news.events.catch_up import NOT_FOLDED, Bounds, CatchUp
from app.news.events.loop_answers import LoopAnswers
from app.news.events.state_folder import SLICE, Room, StateFolder, Vectors
from app.news.events.state_keeper import StateKeeper
from app.news.metrics.live_metrics import LiveMetrics
from script_shared.clock import Clock
from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog
from script_shared.events.following.follower import LogFollower
from script_shared.events.following.log_spans import LogSpans
from script_shared.events.served_list import ServedList
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.answer_credits import AnswerCredits, ServedAnswer
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.state.state_io import sizes_of
from script_shared.settings import Settings

WRITE_SECONDS = 8.0  # longest wait of a writer
AGAIN = "Send the same again, with the same event_ids: what was written counts once."
FLUSH_SECONDS = 1.0  # between two writes of served answers
WRITTEN = 64  # served answers that are turned into entries at once
MEASURE_SECONDS = 5.0  # adding up the state's memory takes milliseconds
FIRST_KEPT_SECONDS, KEPT_SECONDS = 60.0, 600.0  # nothing is folded for the 0.3 s that writing a copy takes


class EventIntake:
    """The position of one process in the event log, and the newsroom folded up to it.

    Args:
        spans: records writes and folds in traces.

    Attributes:
        log: the event log.
        answers: the newest answers of this process.
        keeper: saves the newsroom for the next start.
    """

    def __init__(self, settings: Settings, log: EventLog, metrics: LiveMetrics, spans: LogSpans | None = None) -> None:
        self.log = log
        self.answers = AnswerMemory(self._write_lists, metrics.count_credit, settings.served_share)
        self._folder = StateFolder(self.answers, self._read)
        self._catch_up = CatchUp(self.log, settings.events_retention_days)
        self.keeper = StateKeeper(settings.cache_dir / "news" / "kept", self.log)
        self._settings, self._metrics = settings, metrics
        self._tasks: list[asyncio.Task[None]] = []
        self._loop_answers: LoopAnswers | None = None
        self.follower = LogFollower(
            self.log, self._folder, without=NOT_FOLDED, poll_seconds=settings.events_poll_seconds, spans=spans
        )
        metrics.follow(self.follower.lag, self.stale_seconds)

    @property
    def newsroom(self) -> Newsroom | None:
        """The folded state; None until a release is in service, or it is certain that there is none."""
        return self._folder.room.newsroom if self._folder.room is not None else None

    @property
    def credits(self) -> AnswerCredits:
        """The newest answers of this process."""
        return self.answers.served

    async def start(self) -> None:
        """Start to follow the log, which may be unreachable at first."""
        self._folder.run_on(asyncio.get_running_loop())
        with contextlib.suppress(UnavailableError):
            self.answers.seq = self.follower.lag.applied = await asyncio.to_thread(self.log.head)
        self.follower.lag.read_at = time.monotonic()
        self.follower.start()
        rounds = (self._flush_on(), self._measure_on(), self._keep_on())
        self._tasks = [asyncio.create_task(each) for each in rounds]

    async def stop(self) -> None:
        """Write the waiting entries, and save the newsroom for the next start."""
        for task in self._tasks:
            task.cancel()
        self.answers.flush()
        await asyncio.to_thread(self.follower.stop)
        await self._folder.keep(self.keeper.keep)

    async def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write entries; returns which of them were new, once they are durable and folded here.

        Raises:
            UnavailableError: they were not written, or it is unknown whether they will be.
        """
        if self._loop_answers is None:
            self._loop_answers = LoopAnswers(asyncio.get_running_loop())
        try:
            return await self._loop_answers.wait(partial(self.follower.submit_for, entries), WRITE_SECONDS)
        except TimeoutError:
            raise UnavailableError(
                "the event log does not answer; the events may still be written.", fix=AGAIN
            ) from None

    async def digest(self) -> tuple[int, str]:
        """The position of this process in the log and the digest of its state there; needs a newsroom."""
        return await self._folder.digest()

    async def wait_until_folded(self) -> None:
        """Wait until everything in the log is folded here, or the log is unreachable."""
        await self.write([])

    def remember(self, answer: ServedAnswer, *, keep: bool = True) -> None:
        """Remember an answer, so that a click can be credited to it; it is written later, or only after ``keep()``."""
        self.answers.remember(answer, keep=keep)

    def keep(self, answer: ServedAnswer) -> None:
        """Write an answer that was remembered without ``keep``."""
        self.answers.keep(answer)

    def judge(self, click: Entry) -> None:
        """Credit a click that names no answer to the newest answer of its user, if this process gave it."""
        self.answers.judge(click)

    def stale_seconds(self) -> float:
        """Seconds since the log was last read to its end."""
        return time.monotonic() - self.follower.lag.read_at

    @property
    def can_be_whole(self) -> bool:
        """Whether the newsroom had to begin without the log, and the log is back."""
        return self.newsroom is not None and not self.newsroom.whole and not self.follower.lag.error

    @property
    def must_fold_again(self) -> bool:
        """Whether the newsroom has clicks that were found bad, lacks some that were restored, or read another log."""
        newsroom = self.newsroom
        return newsroom is not None and (newsroom.unclean or newsroom.renewals != self.log.renewals)

    @property
    def troubles(self) -> list[str]:
        """The current problems of the event log in this process, as short names."""
        lag, newsroom = self.follower.lag, self.newsroom
        found = ["event_log"] if lag.error or not (newsroom is None or newsroom.whole) else []
        if newsroom is None or newsroom.has_failed:
            found.append("live_state")
        elif self.stale_seconds() > max(5.0, 20 * self._settings.events_poll_seconds):
            found.append("live_state_stale")
        return found

    def gather(self, newsroom: Newsroom, vectoriser: Vectoriser | None, clock: Clock, bounds: Bounds) -> None:
        """Fold the log into a newsroom that is not in service yet; called in a thread."""
        newsroom.renewals = self.log.renewals
        self._catch_up.gather(newsroom, vectoriser, clock, bounds, before=self.newsroom)

    def adopt(self, newsroom: Newsroom) -> None:
        """Use a newsroom while there is no release."""
        newsroom.renewals = self.log.renewals
        self._folder.adopt(Room(newsroom))

    async def hand_over(self, newsroom: Newsroom, clock: Clock, vectoriser: Vectoriser | None) -> None:
        """Switch to another release's newsroom, after it has folded everything that the old one knows."""
        await self._folder.hand_over(Room(newsroom, clock, vectoriser))

    async def join(self, newsroom: Newsroom, clock: Clock, vectoriser: Vectoriser | None) -> None:
        """Also fold into the newsroom of another release, which an experiment needs."""
        await self._folder.join(Room(newsroom, clock, vectoriser))

    def leave(self, newsroom: Newsroom) -> None:
        """Stop folding into a newsroom that joined."""
        self._folder.leave(newsroom)

    async def _read(self, room: Room) -> tuple[list[Entry], Vectors]:
        return await asyncio.to_thread(self._next_of, room)

    def _next_of(self, room: Room) -> tuple[list[Entry], Vectors]:
        entries = self.log.tail(room.newsroom.seq, SLICE, without=NOT_FOLDED)
        return entries, room.vectors(entries)

    def _write_lists(self, lists: Sequence[ServedList]) -> None:
        self.follower.submit_lists(lists)

    def _measure(self) -> None:
        newsroom = self.newsroom
        self._metrics.note_dropped(self.follower.lag.dropped)
        if newsroom is not None and newsroom.state is not None:
            self._metrics.state(sizes_of(newsroom.state))

    async def _flush_on(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            for _ in range(0, self.answers.waiting(), WRITTEN):
                self.answers.flush(WRITTEN)
                await asyncio.sleep(0)  # lets requests run

    async def _keep_on(self) -> None:
        due = time.monotonic() + FIRST_KEPT_SECONDS
        while True:
            await asyncio.sleep(MEASURE_SECONDS)
            if self.newsroom is not None and self.newsroom.has_erased:
                await asyncio.to_thread(self.keeper.discard)
            elif time.monotonic() > due:
                await self._folder.keep(self.keeper.keep)
                due = time.monotonic() + KEPT_SECONDS

    async def _measure_on(self) -> None:
        while True:
            self._measure()
            with contextlib.suppress(UnavailableError):
                position = self.follower.lag.applied
                entries = await asyncio.to_thread(self.log.waiting, position, without=NOT_FOLDED)
                self._metrics.behind(entries=entries)
            await asyncio.sleep(MEASURE_SECONDS)
