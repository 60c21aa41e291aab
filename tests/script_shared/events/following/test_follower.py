"""None"""

import threading
from dataclasses import replace

import pytest

from script_shared.events import Entry, EventLog, Kind
from script_shared.events.following.follower import LogFollower
from tests.patience import PATIENCE_SECONDS
from tests.script_shared.events.collector import Collector, click, eventually


@pytest.fixture
def follow(uri):
    """Starts followers on one log, each with a subscriber."""
    started = []

    def start(after=0, **options):
        log, seen = EventLog(uri), Collector(after)
        follower = LogFollower(log, seen, **options)
        follower.start()
        started.append((follower, log))
        return follower, seen

    yield start
    for follower, log in started:
        follower.stop()
        log.close()


def test_what_was_acknowledged_was_delivered_before(follow):
    follower, seen = follow()
    for n in range(20):
        assert follower.submit([click(n)]).result(PATIENCE_SECONDS) == [True]
        assert str(n) in seen.ids


def test_requests_that_wait_together_get_their_own_answers(follow):
    follower, seen = follow()
    answers = [follower.submit([click(n), click(n % 3)]) for n in range(50)]
    assert [answer.result(PATIENCE_SECONDS)[0] for answer in answers] == [True] * 3 + [True] * 47
    assert sorted(set(seen.ids), key=int) == [str(n) for n in range(50)]
    assert follower.lag.pending == 0


def counted_reads(log):
    """Record the reads of a log from now on."""
    reads, read = [], log.tail
    log.tail = lambda *given, **named: reads.append(given) or read(*given, **named)
    return reads


def test_what_follows_all_that_was_known_is_delivered_as_it_was_written_without_reading_it(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path / 'events.db'}"), Collector()
    reads = counted_reads(log)
    follower = LogFollower(log, seen, poll_seconds=60)
    follower.start()
    try:
        follower.submit([click(1), click(2), click(1)]).result(PATIENCE_SECONDS)
        follower.submit([click(2), click(3)]).result(PATIENCE_SECONDS)
        assert seen.ids == ["1", "2", "3"]
        assert not reads
        assert follower.lag.applied == seen.after
        assert follower.lag.read_at > 0
        assert seen.entries == log.tail(0)
    finally:
        follower.stop()
        log.close()


def test_what_another_process_wrote_before_is_read_and_delivered_first(uri):
    log, seen, other = EventLog(uri), Collector(), EventLog(uri)
    reads = counted_reads(log)
    follower = LogFollower(log, seen, poll_seconds=60)
    follower.start()
    try:
        follower.submit([click(1)]).result(PATIENCE_SECONDS)
        other.append([click(2), click(3)])
        follower.submit([click(4)]).result(PATIENCE_SECONDS)
        follower.submit([click(5)]).result(PATIENCE_SECONDS)
        assert seen.ids == ["1", "2", "3", "4", "5"]
        assert len(reads) == 1
        assert seen.entries == other.tail(0)
    finally:
        follower.stop()
        log.close()
        other.close()


def test_articles_are_delivered_as_the_log_keeps_them(uri):
    log, seen = EventLog(uri), Collector()
    follower = LogFollower(log, seen, poll_seconds=60)
    follower.start()
    try:
        for number, body in enumerate(({"title": "One"}, {"section": "two"})):
            follower.submit([Entry(f"p{number}", Kind.ARTICLE, 1_000, "", "a", body)]).result(PATIENCE_SECONDS)
        assert seen.entries == log.tail(0)
        assert "before" in seen.entries[1].body
    finally:
        follower.stop()
        log.close()


def test_two_processes_are_handed_the_same_order(follow):
    (one, seen_one), (two, seen_two) = follow(poll_seconds=0.05), follow(poll_seconds=0.05)

    def write(follower, name):
        for n in range(40):
            follower.submit([click(f"{name}{n}")]).result(PATIENCE_SECONDS)

    writers = [threading.Thread(target=write, args=pair) for pair in ((one, "x"), (two, "y"))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert eventually(lambda: len(seen_one.ids) == len(seen_two.ids) == 80)
    assert seen_one.ids == seen_two.ids


def test_it_starts_after_what_was_applied_before(follow, uri):
    log = EventLog(uri)
    log.append([click(n) for n in range(5)])
    _, seen = follow(after=log.tail(0)[2].seq, poll_seconds=0.05)
    assert eventually(lambda: seen.ids == ["3", "4"])
    log.close()


def test_a_subscriber_that_went_back_is_delivered_the_same_again(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path}/e.db"), Collector()
    follower = LogFollower(log, seen, poll_seconds=0.02)
    follower.start()
    follower.submit([click(n) for n in range(5)]).result(PATIENCE_SECONDS)
    seen.after = 3
    assert follower.submit([]).result(PATIENCE_SECONDS) == []
    assert [entry.seq for entry in seen.entries] == [1, 2, 3, 4, 5, 4, 5]
    follower.stop()


class Taking(Collector):
    """A subscriber that takes nothing the first time, as one does that was exchanged meanwhile."""

    refused = 0

    def deliver(self, batch):
        if self.refused < 1:
            self.refused += 1
        else:
            super().deliver(batch)


def test_what_was_not_taken_is_delivered_before_its_writer_is_answered(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path}/e.db"), Taking()
    follower = LogFollower(log, seen, poll_seconds=60)
    follower.start()
    assert follower.submit([click(1)]).result(PATIENCE_SECONDS) == [True]
    assert seen.ids == ["1"]
    follower.stop()


def test_a_subscriber_that_wants_nothing_yet_is_delivered_nothing(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path}/e.db"), Collector(None)
    follower = LogFollower(log, seen, poll_seconds=60)
    follower.start()
    assert follower.submit([click(1)]).result(PATIENCE_SECONDS) == [True]
    assert seen.ids == []
    seen.after = 0
    follower.submit([]).result(PATIENCE_SECONDS)
    assert seen.ids == ["1"]
    follower.stop()


def test_kinds_that_nobody_waits_for_are_written_but_not_delivered(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path}/e.db"), Collector()
    follower = LogFollower(log, seen, without=[Kind.SERVED], poll_seconds=0.02)
    follower.start()
    served = Entry("s", Kind.SERVED, 1_000)
    follower.submit([served, click(1), replace(served, entry_id="t")]).result(PATIENCE_SECONDS)
    assert seen.ids == ["1"]
    assert [entry.entry_id for entry in log.tail(0)] == ["s", "1", "t"]
    follower.stop()
