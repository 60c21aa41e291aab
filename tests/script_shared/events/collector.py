"""A subscriber that keeps what a follower delivers."""

import time

from script_shared.events import Entry, Kind
from script_shared.events.served_list import ServedList
from tests.patience import PATIENCE_SECONDS

LIST = ServedList(b"key", 1_000, "u", "", "logged", "ranker", "v1", ["a"])


class Collector:
    """A subscriber that keeps what it was delivered."""

    def __init__(self, after=0):
        self.after, self.entries = after, []

    def position(self):
        return self.after

    def deliver(self, batch):
        assert batch.after <= self.after
        self.entries.extend(batch.entries)
        self.after = batch.entries[-1].seq

    @property
    def ids(self):
        return [entry.entry_id for entry in self.entries]


def click(entry_id):
    return Entry(str(entry_id), Kind.CLICK, 1_000, "u", "a")


def eventually(condition, seconds=PATIENCE_SECONDS):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
