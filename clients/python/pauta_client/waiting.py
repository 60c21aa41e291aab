"""Events that wait to be sent."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from typing import Any

from pauta_client.answers import PautaError

MOST_WAITING = 50_000  # events that wait in memory; the oldest are dropped beyond
AGAIN = (0, 429, 500, 502, 503, 504)  # statuses after which the same request may succeed; 0 is no answer
UNPROCESSABLE = 422
LONGEST_REST_SECONDS = 60.0
_FIELD = re.compile(r"list\.(\d+)\b")

Event = dict[str, Any]


class Waiting:
    """Events that were not sent yet, oldest first. Threads and tasks can share it.

    Attributes:
        dropped: events that will never be sent: too many waited, or the API refused them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._events: OrderedDict[int, Event] = OrderedDict()  # by the id of the object
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def events(self) -> list[Event]:
        """The events."""
        with self._lock:
            return list(self._events.values())

    @property
    def rests(self) -> bool:
        """Whether sending failed a moment ago, so that only ``flush`` tries again now."""
        return time.monotonic() < self._rests_until

    def add(self, event: Event) -> None:
        """Add one; the oldest is dropped and counted when too many wait."""
        with self._lock:
            self._events[id(event)] = event
            if len(self._events) > MOST_WAITING:
                self._events.popitem(last=False)
                self.dropped += 1

    def first(self, count: int) -> list[Event]:
        """The oldest events; they keep waiting."""
        with self._lock:
            return list(islice(self._events.values(), count))

    def sent(self, batch: Sequence[Event]) -> None:
        """Take out what the API accepted."""
        self._take_out(batch)
        self._failures, self._rests_until = 0, 0.0

    def failed(self, batch: Sequence[Event], error: PautaError) -> None:
        """Take out what the API will never accept; what may be sent again keeps waiting.

        A 422 names bad events, and nothing of the batch was written: the others keep waiting.
        """
        if error.status in AGAIN:
            self._failures += 1
            self._rests_until = time.monotonic() + min(LONGEST_REST_SECONDS, 2.0**self._failures)
            return
        bad = _named(batch, error) if error.status == UNPROCESSABLE else []
        self.dropped += self._take_out(bad or batch)

    def _take_out(self, batch: Sequence[Event]) -> int:
        with self._lock:
            return sum(self._events.pop(id(event), None) is not None for event in batch)


def _named(batch: Sequence[Event], error: PautaError) -> list[Event]:
    """The events that the errors name by their place, as in ``list.3.page``."""
    found = [_FIELD.match(complaint.get("field", "")) for complaint in error.errors]
    places = {int(match[1]) for match in found if match}
    return [event for place, event in enumerate(batch) if place in places]
