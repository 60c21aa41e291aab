"""A newsroom that is behind comes to the end of the log, whatever comes in meanwhile; counted in pieces of work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.news.events.catch_up import FEW, READ, Bounds, CatchUp
from script_shared.clock import Clock
from script_shared.events import Entry, EventLog, Kind
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from script_shared.throttle import throttle
from tests.script_shared.news.events_made import START_MS, small_params

SERVICE = Newsroom(LiveState(small_params()))


class Stream:
    """A log that others write to; every wait of the one who catches up lets so many entries come in."""

    def __init__(self, log: EventLog, a_wait: int, *, most: int = 200_000) -> None:
        self.log, self._a_wait, self._most = log, a_wait, most
        self.written = self.waits = 0

    def write(self, count: int, kind: Kind = Kind.CLICK) -> None:
        numbers = range(self.written, self.written + count)
        entries = [Entry(f"e{number}", kind, START_MS + number, f"u{number % 9}", "a") for number in numbers]
        self.written += count
        self.log.append(entries)

    def wait(self, worked: float) -> None:
        self.waits += 1
        assert self.written < self._most, "the catch-up never comes to the end"
        if self._a_wait:
            self.write(self._a_wait)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(f"sqlite:///{tmp_path}/events.db")
    yield log
    log.close()


def catch_up(stream: Stream) -> Newsroom:
    newsroom = Newsroom(LiveState(small_params()))
    with throttle(stream.wait):
        CatchUp(stream.log, 30.0).gather(newsroom, None, Clock("wall", 0), Bounds(24.0, 8), before=SERVICE)
    return newsroom


def test_beside_an_idle_log_it_lets_requests_have_their_turn_after_every_piece(log: EventLog) -> None:
    stream = Stream(log, 0)
    stream.write(4 * READ + 10)
    newsroom = catch_up(stream)
    assert newsroom.seq == stream.written
    assert stream.waits >= stream.written / FEW


@pytest.mark.parametrize("a_wait", [1, FEW - 1, FEW, 2 * FEW])
def test_it_comes_to_the_end_although_as_much_comes_in_as_it_folds(log: EventLog, a_wait: int) -> None:
    stream = Stream(log, a_wait, most=60_000)
    stream.write(2 * READ)
    newsroom = catch_up(stream)
    assert stream.written - newsroom.seq < READ + a_wait * (READ // FEW + 2)


def test_entries_that_are_not_folded_are_no_reason_to_go_on(log: EventLog) -> None:
    stream = Stream(log, 0)
    stream.write(5)
    stream.write(3 * READ, Kind.SERVED)
    assert catch_up(stream).seq == 5


def test_new_entries_of_a_log_that_ends_before_the_snapshot_are_folded(log: EventLog) -> None:
    newsroom = Newsroom(LiveState(small_params()), seq=1_000)
    CatchUp(log, 30.0).gather(newsroom, None, Clock("wall", 0), Bounds(24.0, 8), before=None)
    Stream(log, 0).write(3)
    assert [entry.seq for entry in log.tail(newsroom.seq)] == [1_001, 1_002, 1_003]
