"""One thread per process between requests and the event log: writes in groups, reads on, hands over in order."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from script_shared.errors import UnavailableError
from script_shared.events.entry import Entry
from script_shared.events.log import EventLog

Deliver = Callable[[list[Entry]], None]


@dataclass
class _Wish:
    """Entries that wait to be written, and who waits for the answer."""

    entries: Sequence[Entry]
    answer: Future[list[bool]] | None = None


@dataclass
class Lag:
    """How far behind the log this process is, for people and metrics."""

    applied: int = 0
    error: str = ""
    dropped: int = 0
    pending: int = field(default=0)


class LogFollower(threading.Thread):
    """Writes what this process submits, and delivers every entry of every process in the log's order.

    Requests that arrive while a commit is under way share the next one (group commit). After each commit the log is
    read on at once, so that what this process wrote is delivered before its writer gets the answer; otherwise the
    log is read every ``poll_seconds``. The order of delivery is the log's own, so every process folds the same state.

    Args:
        log: the event log.
        deliver: is given new entries in order, in this thread; must not raise.
        after: number of the last entry that was applied before.
        poll_seconds: how long other processes' entries may stay unseen.
        max_pending: entries that may wait in memory before optional ones are dropped and others are refused.
    """

    def __init__(
        self, log: EventLog, deliver: Deliver, *, after: int = 0, poll_seconds: float = 0.25, max_pending: int = 50_000
    ) -> None:
        super().__init__(name="event-log", daemon=True)
        self._log, self._deliver = log, deliver
        self._poll, self._max_pending = poll_seconds, max_pending
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
        """Write entries some time soon; when the log cannot keep up they are dropped and counted."""
        if self.lag.pending > self._max_pending // 2:
            self.lag.dropped += len(entries)
        else:
            self._put(_Wish(entries))

    def stop(self) -> None:
        """Write what waits and end."""
        self._wishes.put(None)
        self.join(10)

    def _put(self, wish: _Wish) -> None:
        self.lag.pending += len(wish.entries)
        self._wishes.put(wish)

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
        try:
            return self._log.append([entry for wish in group for entry in wish.entries])
        except UnavailableError as error:
            return error

    def _read_on(self) -> None:
        try:
            while entries := self._log.tail(self.lag.applied, limit=2_000):
                self._deliver(entries)
                self.lag.applied = entries[-1].seq
            self.lag.error = ""
        except UnavailableError as error:
            self.lag.error = error.message

    def _answer(self, group: list[_Wish], flags: list[bool] | UnavailableError) -> None:
        start = 0
        for wish in group:
            count = len(wish.entries)
            self.lag.pending -= count
            if wish.answer is None:
                self.lag.dropped += count if isinstance(flags, UnavailableError) else 0
            elif isinstance(flags, UnavailableError):
                wish.answer.set_exception(flags)
            else:
                wish.answer.set_result(flags[start : start + count])
            start += count
