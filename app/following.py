"""The event log's side of one process: writes what requests bring, folds what anybody wrote, judges what was served.

Entries are folded on the event loop, a few at a time, so that a request always meets a whole state and never waits for
more than a slice. The thread that follows the log waits for the loop, and answers a writer once its entries are folded.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence

from scipy.sparse import csr_array

from app.telemetry import Telemetry
from script_shared.clock import HOUR_MS, Clock
from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind, Quarantine
from script_shared.events.entry import storable
from script_shared.events.follower import LogFollower
from script_shared.gently import breathe
from script_shared.names import MAX_ID
from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.readers import reader_name
from script_shared.news.live.served import ServedAnswer, ServedMemory
from script_shared.news.live.texts import Vectoriser
from script_shared.news.live.trust import PROVEN
from script_shared.settings import Settings

log = logging.getLogger("pauta.following")
SLICE = 64  # entries folded before requests get their turn
WRITE_SECONDS = 8.0  # a writer waits no longer
CATCH_UP_SECONDS = 2.0  # of the first release's state, before it goes into service
SWAP_SECONDS = 300.0  # of a later one's; the one in service goes on meanwhile
MANY, FEW = 2000, 2  # entries that a newsroom which nobody uses yet folds at once: before the first release, later
FLUSH_SECONDS = 1.0  # served answers wait so long to be written together
WRITTEN = 64  # of them are made into entries at once
MEASURE_SECONDS = 5.0  # adding up the state's memory takes milliseconds
NOT_FOLDED = (Kind.SERVED,)
RECALLED = 200  # readers looked up at once
DAY_MS = 86_400_000


class Following:
    """One process' place in the event log, and the newsroom folded up to there.

    Attributes:
        log: the event log; served: the newest answers of this process.
        newsroom: what is known; None until the first release is in service, or known to be missing.
    """

    def __init__(self, settings: Settings, telemetry: Telemetry) -> None:
        self.log = EventLog(settings.events_address)
        self.served = ServedMemory()
        self.newsroom: Newsroom | None = None
        self._settings, self._telemetry = settings, telemetry
        self._clock: Clock | None = None
        self._vectorise: Vectoriser | None = None
        self._waiting: list[ServedAnswer] = []
        self._judged = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.follower = LogFollower(
            self.log, self._deliver, without=NOT_FOLDED, poll_seconds=settings.events_poll_seconds
        )
        telemetry.live.follow(self.follower.lag, self.stale_seconds)

    async def start(self) -> None:
        """Follow the log from now on; one that is away is waited for."""
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(UnavailableError, OSError):
            self._settings.data_dir.mkdir(parents=True, exist_ok=True)
            self.follower.lag.applied = await asyncio.to_thread(self.log.head)
        self._judged = self.follower.lag.applied
        self.follower.lag.read_at = time.monotonic()
        self.follower.start()
        rounds = (self._flush_on(), self._measure_on())
        self._tasks = [asyncio.create_task(each) for each in rounds]

    async def stop(self) -> None:
        """Write what waits and let go of the log."""
        for task in self._tasks:
            task.cancel()
        self._flush()
        await asyncio.to_thread(self.follower.stop)
        self.log.close()

    async def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Write entries; returns once they are durable and folded here, with which of them were new.

        Raises:
            UnavailableError: they were not written.
        """
        answer = asyncio.wrap_future(self.follower.submit(entries))
        try:
            return await asyncio.wait_for(asyncio.shield(answer), WRITE_SECONDS)
        except TimeoutError:
            answer.add_done_callback(lambda done: done.exception())  # nobody waits for it any more
            raise UnavailableError("the event log does not answer.", fix="Send the same events again.") from None

    async def settled(self) -> None:
        """Returns once everything in the log is folded here, or the log is away."""
        await self.write([])

    def remember(self, answer: ServedAnswer) -> None:
        """Keep an answer, so that a click can be credited to it; it is written to the log later."""
        self.served.remember(answer)
        if len(answer.user) <= MAX_ID and storable(answer.user):
            self._waiting.append(answer)

    def judge(self, click: Entry, request_id: str = "") -> None:
        """Credit a click to the answer that brought it, where this process gave it; without an id to the newest one."""
        reader = reader_name(click.user_id, str(click.body.get("session", "")))
        if (credit := self.served.credit(reader, click.article_id, click.time_ms, request_id)) is not None:
            self._telemetry.live.credited(credit)

    def stale_seconds(self) -> float:
        """Seconds since the log was last read to its end."""
        return time.monotonic() - self.follower.lag.read_at

    @property
    def can_be_whole(self) -> bool:
        """Whether the newsroom had to begin without the log, and the log is back."""
        return self.newsroom is not None and not self.newsroom.whole and not self.follower.lag.error

    @property
    def must_fold_again(self) -> bool:
        """Whether the newsroom folded what was found bad since, or left out what was taken back."""
        return self.newsroom is not None and self.newsroom.unclean

    @property
    def troubles(self) -> list[str]:
        """What is wrong with the log's side, as short names."""
        lag, newsroom = self.follower.lag, self.newsroom
        found = ["event_log"] if lag.error or not (newsroom is None or newsroom.whole) else []
        if newsroom is None or newsroom.failed:
            found.append("live_state")
        elif self.stale_seconds() > max(5.0, 20 * self._settings.events_poll_seconds):
            found.append("live_state_stale")
        return found

    def gather(
        self, newsroom: Newsroom, vectorise: Vectoriser | None, clock: Clock, alive_hours: float, max_shown: int
    ) -> None:
        """Fold the log into a newsroom that nobody uses yet; called in a thread.

        Before the first release for a few seconds at most. Later for as long as it takes, because what is left then is
        folded before new events are answered; a little at a time, because the one in service answers meanwhile.

        Args:
            alive_hours: age at which articles expire.
            max_shown: impressions after which an article is not shown to a reader again.
        """
        if clock.mode == "data":
            newsroom.run_on(
                clock.data_end_ms, int(self._settings.events_retention_days * DAY_MS), may_switch=clock.may_switch
            )
        first, remembered = self.newsroom is None, False
        until = time.monotonic() + (CATCH_UP_SECONDS if first else SWAP_SECONDS)
        try:
            newsroom.leave_out(Quarantine.of(self.log.quarantined()))
            newsroom.remember(self.log.lasting(newsroom.seq))
            self._recall(newsroom, clock.now_ms() - int(alive_hours * HOUR_MS))
            newsroom.recall_shown(
                self.log.shown_often(newsroom.seq, clock.now_ms() - DAY_MS, max_shown, PROVEN) if newsroom.seq else ()
            )
            remembered = True
            read, few = (MANY, MANY) if first else (8 * FEW, FEW)
            while time.monotonic() < until:
                entries = self.log.tail(newsroom.seq, read, without=NOT_FOLDED)
                if not entries:
                    break
                vectors = vectorise.vectors(entries) if vectorise else None
                breathe()
                for start in range(0, len(entries), few):
                    newsroom.apply(entries[start : start + few], vectors)
                    breathe()
        except UnavailableError as error:
            log.warning("a newsroom starts without the log: %s", error.logged)
            if not remembered:
                newsroom.go_without(self.newsroom)

    def _recall(self, newsroom: Newsroom, since_ms: int) -> None:
        """Look up what the snapshot's log tells of readers whom the snapshot does not know."""
        known = sorted(self.log.readers(newsroom.seq, since_ms)) if newsroom.seq else []
        for start in range(0, len(known), RECALLED):
            if unknown := [user for user in known[start : start + RECALLED] if newsroom.lacks(user)]:
                newsroom.recall(self.log.clicks_of(unknown, newsroom.seq))
            breathe()

    def adopt(self, newsroom: Newsroom, clock: Clock | None, vectorise: Vectoriser | None) -> None:
        """Go on with another newsroom; what it has not folded yet is delivered again."""
        before, self.newsroom, self._clock, self._vectorise = self._clock, newsroom, clock, vectorise
        self._advance()
        if clock is not None:
            clock.follow(before or clock)
        self.follower.deliver_again(newsroom.seq)

    def _deliver(self, entries: list[Entry]) -> None:
        """In the follower's thread: what takes long is done here, the rest on the loop."""
        vectors = self._vectorise.vectors(entries) if self._vectorise else {}
        asyncio.run_coroutine_threadsafe(self._fold(entries, vectors), self._loop).result()

    async def _fold(self, entries: list[Entry], vectors: Mapping[int, csr_array]) -> None:
        newsroom = self.newsroom
        if newsroom is None:
            return
        for start in range(0, len(entries), SLICE):
            if self.newsroom is not newsroom:
                return  # the next one is delivered from where it stands
            self._apply(newsroom, entries[start : start + SLICE], vectors)
            await asyncio.sleep(0)

    def _apply(self, newsroom: Newsroom, entries: list[Entry], vectors: Mapping[int, csr_array]) -> None:
        newsroom.apply(entries, vectors)
        self._advance()
        for entry in entries:
            if entry.seq > self._judged:
                self._judged = entry.seq
                self._seen(entry)

    def _seen(self, entry: Entry) -> None:
        if entry.kind == Kind.CLICK and (request_id := entry.body.get("request_id")):
            self.judge(entry, str(request_id))
        elif entry.kind == Kind.ERASE:
            digest = str(entry.body["digest"])
            self._waiting = [answer for answer in self._waiting if not answer.is_of(digest)]
            self.served.forget_digest(digest)

    def _advance(self) -> None:
        if self._clock is not None and self.newsroom is not None:
            self._clock.advance(self.newsroom.now_ms)
            if self.newsroom.live and self._clock.mode == "data":
                self._clock.switch()
                log.warning("the release ran on data time; live events came, so it runs on wall time from now on")

    def _measure(self) -> None:
        room = self.newsroom
        self._telemetry.live.lost(self.follower.lag.dropped)
        if room is not None and room.state is not None:
            self._telemetry.live.state(room.state.sizes())

    def _flush(self, most: int | None = None) -> None:
        waiting, self._waiting = self._waiting[:most], [] if most is None else self._waiting[most:]
        if waiting:
            self.follower.submit_optional([answer.entry() for answer in waiting])

    async def _flush_on(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            for _ in range(0, len(self._waiting), WRITTEN):
                self._flush(WRITTEN)
                await asyncio.sleep(0)  # requests get their turn

    async def _measure_on(self) -> None:
        while True:
            self._measure()
            with contextlib.suppress(UnavailableError):
                position = self.follower.lag.applied
                entries = await asyncio.to_thread(self.log.waiting, position, without=NOT_FOLDED)
                self._telemetry.live.behind(entries=entries)
            await asyncio.sleep(MEASURE_SECONDS)
