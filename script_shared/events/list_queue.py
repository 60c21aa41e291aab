"""Served lists that wait to be written to the event log, together; nobody waits for them."""

import logging
import time
from collections import deque
from collections.abc import Sequence

from script_shared.errors import UnavailableError
from script_shared.events.database.served_lists import ServedLists
from script_shared.events.following.lag import Lag
from script_shared.events.served_list import ServedList

TOGETHER = 500  # lists written in one transaction
LISTS_SECONDS = 1.0  # served lists wait so long to be written together
logger = logging.getLogger("pauta.events")


class ListQueue:
    """Requests add lists, one thread writes them. Those that cannot be written are dropped and counted.

    Args:
        served: the tables of lists.
        lag: counts dropped lists.
        most: lists that may wait before others are dropped.
    """

    def __init__(self, served: ServedLists, lag: Lag, most: int) -> None:
        self._served, self._lag, self._most = served, lag, most
        self._lists: deque[tuple[int, ServedList]] = deque()  # each with the last number known when it was served
        self._written_at = 0.0  # when lists were last written, on the monotonic clock

    def add(self, lists: Sequence[ServedList], seen: int) -> None:
        """Let lists wait.

        Args:
            seen: number of the last entry known when they were served.
        """
        if len(self._lists) + len(lists) > self._most:
            self._lag.drop(len(lists))
        else:
            self._lists.extend((seen, one) for one in lists)

    def write(self, *, at_once: bool) -> None:
        """Write a group of the lists that wait, once enough of them or of time has come; or all ``at_once``."""
        due = at_once or time.monotonic() > self._written_at + LISTS_SECONDS
        if due or len(self._lists) >= TOGETHER:
            while self._lists and self._write_some() and at_once:
                pass

    def drop(self) -> None:
        """Drop the lists that wait."""
        self._lag.drop(len(self._lists))

    def _write_some(self) -> bool:
        some = [self._lists.popleft() for _ in range(min(TOGETHER, len(self._lists)))]
        self._written_at = time.monotonic()
        try:
            self._served.write([one for _, one in some], seen=min(seen for seen, _ in some))
        except Exception as error:  # noqa: BLE001  edge of the thread: nobody waits for them
            self._lag.drop(len(some))
            reason = error.log_text if isinstance(error, UnavailableError) else type(error).__name__
            logger.warning("served lists could not be written: %s", reason)
            return False
        return True
