"""One thread per process between requests and the event log: writes in groups, reads on, hands over in order."""

import logging
import queue
import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from script_shared.errors import UnavailableError
from script_shared.events.entry import Entry, Kind
from script_shared.events.following.lag import Lag
from script_shared.events.following.log_spans import LogSpans
from script_shared.events.following.submission import Flags, Settle, Submission, settle_future
from script_shared.events.insertion import WriteResult
from script_shared.events.list_queue import ListQueue
from script_shared.events.log import EventLog
from script_shared.events.served_list import ServedList

TOGETHER = 500  # submissions written in one transaction
READ = 2_000  # entries read and delivered at once
AS_SENT = frozenset({Kind.CLICK, Kind.IMPRESSION, Kind.LOGIN})  # kinds that the log stores exactly as sent
PROBE_SECONDS = 5.0  # after a write that failed, while nothing else is to be written
logger = logging.getLogger("pauta.events")


@dataclass(frozen=True)
class Batch:
    """Entries in the log's order, without a gap.

    Attributes:
        after: number after which they were read. A consumer that does not know all entries up to it may not take them.
        entries: all entries of the kinds delivered that follow ``after``, up to the last of them.
    """

    after: int
    entries: list[Entry]


class Subscriber(Protocol):
    """A consumer of entries. Only the subscriber knows its position; the follower gets it before every read."""

    def position(self) -> int | None:
        """Number of the last entry known; None while nothing is to be delivered."""

    def deliver(self, batch: Batch) -> None:
        """Accept entries, in the follower's thread; others are read again from ``position``."""


class LogFollower(threading.Thread):
    """Writes what this process submits, and delivers every entry of every process in the log's order.

    Requests that arrive while a commit is under way share the next one (group commit). After each commit the log is
    read on at once, so that what this process wrote is delivered before its writer gets the answer; otherwise the
    log is read every ``poll_seconds``. The order of delivery is the log's own, so every process folds the same state.
    If the subscriber already knows everything that was in the log before the commit, the follower delivers the written
    entries without reading them back.

    It keeps no place of its own: each read begins where the subscriber is at that moment, and says so. A subscriber
    that went back, or took nothing, is delivered the same entries again.

    Served lists are written between two groups, together, and nobody waits for them. Those that cannot be written are
    dropped and counted.

    Args:
        log: the event log.
        subscriber: who is delivered to.
        without: kinds that are written but not delivered.
        poll_seconds: how long other processes' entries may stay unseen.
        max_pending: entries that may wait in memory before others are refused; half as many served lists may wait
            before others are dropped.
        probe_seconds: how long to wait after a failed write before a trial write.
        spans: of traces, around each write and each delivery.
    """

    def __init__(
        self,
        log: EventLog,
        subscriber: Subscriber,
        *,
        without: Collection[Kind] = (),
        poll_seconds: float = 0.25,
        max_pending: int = 50_000,
        probe_seconds: float = PROBE_SECONDS,
        spans: LogSpans | None = None,
    ) -> None:
        super().__init__(name="event-log", daemon=True)
        self._log, self._subscriber = log, subscriber
        self._poll, self._max_pending = poll_seconds, max_pending
        self._without, self._as_sent = without, AS_SENT.difference(without)
        self._spans = spans or LogSpans()
        self._probe_seconds, self._probe_at = probe_seconds, 0.0
        self._own: Batch | None = None  # what was just written, if it need not be read back
        self._submissions: queue.SimpleQueue[Submission | None] = queue.SimpleQueue()
        self.lag = Lag()
        self._lists = ListQueue(log.served, self.lag, max_pending // 2)

    def submit(self, entries: Sequence[Entry]) -> "Future[list[bool]]":
        """Write entries; the future ends once they are durable and delivered here.

        Its error is an UnavailableError when they were not written, or when nobody knows whether they were.

        Args:
            entries: at most as many as may be pending; an ``entry_id`` that the log has is not written again.

        Returns:
            a future with a flag for each entry: whether it was new.
        """
        answer: Future[Flags] = Future()
        self.submit_for(entries, partial(settle_future, answer))
        return answer

    def submit_for(self, entries: Sequence[Entry], settle: Settle) -> None:
        """The same without a future, because creating one takes longer than writing an entry.

        Args:
            entries: as for ``submit``.
            settle: called once, mostly in the follower's thread, with the flags or the error; it must not raise.
        """
        if self.lag.pending + len(entries) > self._max_pending:
            settle(UnavailableError("too many events are waiting to be written.", fix="Send them again later."))
            return
        trace, entries = self._spans.mark(entries)
        self.lag.wait(len(entries))
        self._submissions.put(Submission(entries, settle, trace))

    def submit_lists(self, lists: Sequence[ServedList]) -> None:
        """Write served lists some time soon; when the log cannot keep up they are dropped and counted.

        Those of people whose erasure was not delivered here yet are left out when they are written.

        Args:
            lists: as they were served.
        """
        self._lists.add(lists, self._subscriber.position() or 0)

    def stop(self) -> None:
        """Write waiting entries and stop."""
        self._submissions.put(None)
        self.join(10)

    def run(self) -> None:
        """Until stopped: write a group, read on, answer, write served lists."""
        going = True
        while going:
            group, going = self._next_group()
            flags = self._write(group) if group else []
            self._read_on([] if isinstance(flags, UnavailableError) else [each.trace for each in group])
            self._probe()
            self._answer(group, flags)
            if not isinstance(flags, UnavailableError) and not self.lag.error and not self.lag.write_error:
                self._lists.write(at_once=not going)
        self._lists.drop()

    def _next_group(self) -> tuple[list[Submission], bool]:
        group: list[Submission] = []
        try:
            submission = self._submissions.get(timeout=self._poll)
            while submission is not None:
                group.append(submission)
                if len(group) >= TOGETHER:
                    return group, True
                submission = self._submissions.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _write(self, group: list[Submission]) -> list[bool] | UnavailableError:
        try:
            entries = [entry for submission in group for entry in submission.entries]
            with self._spans.writing((submission.trace for submission in group), len(entries)):
                written = self._log.write(entries)
        except UnavailableError as error:
            self._note_write(error)
            return error
        except Exception as error:  # edge of the thread: the waiting request gets an answer
            logger.exception("events could not be written")
            return UnavailableError(f"the events could not be written ({type(error).__name__}).", fix="Send others.")
        if entries:
            self._note_write(None)
        self._own = self._batch_of(written)
        return written.flags

    def _batch_of(self, written: WriteResult) -> Batch | None:
        """What was written, for delivery; None if it must be read back, because the log stores it in another form."""
        kinds = {entry.kind for entry in written.entries}
        return Batch(written.after, written.entries) if kinds and kinds <= self._as_sent else None

    def _note_write(self, error: UnavailableError | None) -> None:
        self.lag.write_error = error.log_text if error is not None else ""
        self._probe_at = time.monotonic() + self._probe_seconds

    def _probe(self) -> None:
        """After a failed write, see whether the log can be written again."""
        if not self.lag.write_error or time.monotonic() < self._probe_at:
            return
        try:
            self._log.probe()
        except UnavailableError as error:
            self._note_write(error)
        else:
            self._note_write(None)

    def read(self) -> Batch | None:
        """The entries after the subscriber's position; None if there are none, or it wants none.

        Raises:
            UnavailableError: the log cannot be reached.
        """
        after = self._subscriber.position()
        if after is None:
            self._log.head()  # says whether the log can be read
            return None
        self.lag.applied = after
        entries = self._log.tail(after, limit=READ, without=self._without)
        return Batch(after, entries) if entries else None

    def _read_on(self, traces: Sequence[str]) -> None:
        """Deliver what follows; ``traces`` are those of the group that was just written, if any."""
        own, self._own = self._own, None
        try:
            batch = own if own is not None and own.after == self._subscriber.position() else self.read()
            while batch is not None:
                with self._spans.folding(batch.entries, traces):
                    self._subscriber.deliver(batch)
                batch = None if self._is_last(batch) else self.read()
            self.lag.error, self.lag.read_at = "", time.monotonic()
        except UnavailableError as error:
            self.lag.error = error.log_text
        except Exception as error:  # edge of the thread: it reads on while the service lives
            logger.exception("events could not be read")
            self.lag.error = f"{type(error).__name__}: {error}"

    def _is_last(self, batch: Batch) -> bool:
        """Whether the log had no more entries when the batch was read, and the subscriber accepted all of them."""
        position = self._subscriber.position()
        if position is not None:
            self.lag.applied = position
        return len(batch.entries) < READ and position == batch.entries[-1].seq

    def _answer(self, group: list[Submission], flags: list[bool] | UnavailableError) -> None:
        start = 0
        for submission in group:
            count = len(submission.entries)
            self.lag.wait(-count)
            submission.settle(flags if isinstance(flags, UnavailableError) else flags[start : start + count])
            start += count
