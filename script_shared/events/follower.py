"""One thread per process between requests and the event log: writes in groups, reads on, hands over in order."""

import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from script_shared.errors import UnavailableError
from script_shared.events.entry import Entry, Kind
from script_shared.events.log import EventLog

Deliver = Callable[[list[Entry]], None]
NEVER = sys.maxsize
logger = logging.getLogger("pauta.events")


@dataclass
class _Wish:
    """Entries that wait to be written, who waits for the answer, and the last number delivered when they came."""

    entries: Sequence[Entry]
    answer: Future[list[bool]] | None = None
    seen: int = 0


@dataclass
class Lag:
    """How far behind the log this process is, for people and metrics.

    Attributes:
        applied: number of the last entry delivered.
        error: why the log could not be read the last time, "" when it could.
        dropped: optional entries that were not written.
        pending: entries that wait to be written.
        read_at: when the log was last read to its end, seconds on the monotonic clock; 0 for never.
    """

    applied: int = 0
    error: str = ""
    dropped: int = 0
    pending: int = 0
    read_at: float = 0.0


class LogFollower(threading.Thread):
    """Writes what this process submits, and delivers every entry of every process in the log's order.

    Requests that arrive while a commit is under way share the next one (group commit). After each commit the log is
    read on at once, so that what this process wrote is delivered before its writer gets the answer; otherwise the
    log is read every ``poll_seconds``. The order of delivery is the log's own, so every process folds the same state.

    Args:
        log: the event log.
        deliver: is given new entries in order, in this thread; must not raise.
        after: number of the last entry that was applied before.
        without: kinds that are written but not delivered.
        poll_seconds: how long other processes' entries may stay unseen.
        max_pending: entries that may wait in memory before optional ones are dropped and others are refused.
    """

    def __init__(
        self,
        log: EventLog,
        deliver: Deliver,
        *,
        after: int = 0,
        without: Collection[Kind] = (),
        poll_seconds: float = 0.25,
        max_pending: int = 50_000,
    ) -> None:
        super().__init__(name="event-log", daemon=True)
        self._log, self._deliver = log, deliver
        self._poll, self._max_pending = poll_seconds, max_pending
        self._without = without
        self._lock, self._again = threading.Lock(), NEVER  # where to read on, when that is behind what was delivered
        self._wishes: queue.SimpleQueue[_Wish | None] = queue.SimpleQueue()
        self.lag = Lag(applied=after)

    def submit(self, entries: Sequence[Entry]) -> "Future[list[bool]]":
        """Write entries; the future ends once they are durable and delivered here.

        Its error is an UnavailableError when they could not be written; nothing of them was written then.
        """
        answer: Future[list[bool]] = Future()
        if self.lag.pending + len(entries) > self._max_pending:
            answer.set_exception(
                UnavailableError("too many events are waiting to be written.", fix="Send them again later.")
            )
            return answer
        self._put(_Wish(entries, answer))
        return answer

    def submit_optional(self, entries: Sequence[Entry]) -> None:
        """Write entries some time soon; when the log cannot keep up they are dropped and counted.

        Served answers of readers whose erasure was not delivered here yet are left out when they are written.
        """
        if self.lag.pending > self._max_pending // 2:
            self.lag.dropped += len(entries)
        else:
            self._put(_Wish(entries, seen=self.lag.applied))

    def deliver_again(self, after: int) -> None:
        """Deliver once more what follows number ``after``, because whoever is delivered to knows no more than that."""
        with self._lock:
            self._again = min(self._again, after)

    def stop(self) -> None:
        """Write what waits and end."""
        self._wishes.put(None)
        self.join(10)

    def _put(self, wish: _Wish) -> None:
        self._waiting(len(wish.entries))
        self._wishes.put(wish)

    def _waiting(self, more: int) -> None:
        with self._lock:  # requests add, this thread takes away
            self.lag.pending += more

    def run(self) -> None:
        """Until stopped: write a group, read on, answer."""
        going = True
        while going:
            group, going = self._next_group()
            flags = self._write(group)
            self._read_on()
            self._answer(group, flags)

    def _next_group(self) -> tuple[list[_Wish], bool]:
        group: list[_Wish] = []
        try:
            wish = self._wishes.get(timeout=self._poll)
            while wish is not None:
                group.append(wish)
                if len(group) >= 500:
                    return group, True
                wish = self._wishes.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _write(self, group: list[_Wish]) -> list[bool] | UnavailableError:
        optional = [wish.seen for wish in group if wish.answer is None]
        try:
            entries = [entry for wish in group for entry in wish.entries]
            return self._log.append(entries, seen=min(optional, default=None))
        except UnavailableError as error:
            return error
        except Exception as error:  # edge of the thread: whoever waits gets an answer
            logger.exception("events could not be written")
            return UnavailableError(f"the events could not be written ({type(error).__name__}).", fix="Send others.")

    def _read_on(self) -> None:
        try:
            while entries := self._log.tail(self._position(), limit=2_000, without=self._without):
                self._deliver(entries)
                self.lag.applied = entries[-1].seq
            self.lag.error, self.lag.read_at = "", time.monotonic()
        except UnavailableError as error:
            self.lag.error = error.logged
        except Exception as error:  # edge of the thread: it reads on while the service lives
            logger.exception("events could not be read")
            self.lag.error = f"{type(error).__name__}: {error}"

    def _position(self) -> int:
        """The number after which to read on."""
        with self._lock:
            self.lag.applied = min(self.lag.applied, self._again)
            self._again = NEVER
        return self.lag.applied

    def _answer(self, group: list[_Wish], flags: list[bool] | UnavailableError) -> None:
        start = 0
        for wish in group:
            count = len(wish.entries)
            self._waiting(-count)
            if wish.answer is None or wish.answer.done():
                self.lag.dropped += count if isinstance(flags, UnavailableError) else 0
            elif isinstance(flags, UnavailableError):
                wish.answer.set_exception(flags)
            else:
                wish.answer.set_result(flags[start : start + count])
            start += count
