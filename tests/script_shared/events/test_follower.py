import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.follower import LogFollower
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


def eventually(condition, seconds=PATIENCE_SECONDS):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


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


def test_what_was_written_is_read_once(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path / 'events.db'}"), Collector()
    reads, read = [], log.tail
    log.tail = lambda *given, **named: reads.append(given) or read(*given, **named)
    follower = LogFollower(log, seen, poll_seconds=60)
    follower.start()
    try:
        follower.submit([click(1), click(2)]).result(PATIENCE_SECONDS)
        assert seen.ids == ["1", "2"]
        assert len(reads) == 1
        assert follower.lag.applied == 2
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


class Unreachable(EventLog):
    """A log whose database went away; it comes back when ``broken`` is set to False."""

    broken = True

    def append(self, entries):
        if self.broken and entries:
            raise UnavailableError("the event log cannot be used.")
        return super().append(entries)

    def tail(self, after, limit=10_000, *, without=()):
        if self.broken:
            raise UnavailableError("the event log cannot be used.")
        return super().tail(after, limit, without=without)


def test_a_log_that_is_away_refuses_and_recovers(tmp_path):
    log, seen = Unreachable(f"sqlite:///{tmp_path}/e.db"), Collector()
    follower = LogFollower(log, seen, poll_seconds=0.05)
    follower.start()
    with pytest.raises(UnavailableError):
        follower.submit([click(1)]).result(PATIENCE_SECONDS)
    assert eventually(lambda: follower.lag.error != "")
    log.broken = False
    assert follower.submit([click(1)]).result(PATIENCE_SECONDS) == [True]
    assert eventually(lambda: follower.lag.error == "")
    assert seen.ids == ["1"]
    follower.stop()


def test_a_flood_is_refused_rather_than_kept_in_memory(tmp_path):
    log = EventLog(f"sqlite:///{tmp_path}/e.db")
    follower = LogFollower(log, Collector(), max_pending=10)
    with pytest.raises(UnavailableError, match="waiting"):
        follower.submit([click(n) for n in range(11)]).result(PATIENCE_SECONDS)
    follower.submit([click(n) for n in range(10)])
    follower.submit_lists([LIST] * 3)
    follower.submit_lists([LIST] * 2)
    assert (follower.lag.pending, follower.lag.dropped) == (10, 0)
    follower.submit_lists([LIST])
    assert follower.lag.dropped == 1


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


def test_a_kind_that_a_later_version_wrote_does_not_stop_the_follower(tmp_path, monkeypatch):
    monkeypatch.setattr("script_shared.events.follower.READ", 2)
    log, seen = EventLog(f"sqlite:///{tmp_path}/e.db"), Collector()
    log.append([Entry(f"later{n}", 99, 1_000) for n in range(5)])
    follower = LogFollower(log, seen, poll_seconds=0.02)
    follower.start()
    assert follower.submit([click(1)]).result(PATIENCE_SECONDS) == [True]
    assert (seen.ids, seen.after, follower.lag.error) == (["1"], 6, "")
    follower.stop()


@pytest.mark.catches("UnicodeEncodeError")
def test_an_entry_that_cannot_be_written_at_all_is_refused_and_the_thread_lives_on(tmp_path):
    log, seen = EventLog(f"sqlite:///{tmp_path}/e.db"), Collector()
    follower = LogFollower(log, seen, poll_seconds=0.02)
    follower.start()
    with pytest.raises(UnavailableError):
        follower.submit([Entry("odd", Kind.CLICK, 1_000, "user", "\ud800")]).result(PATIENCE_SECONDS)
    assert follower.submit([click(1)]).result(PATIENCE_SECONDS) == [True]
    assert seen.ids == ["1"]
    follower.stop()


def test_a_future_given_up_by_its_waiter_does_not_end_the_thread(tmp_path):
    log = EventLog(f"sqlite:///{tmp_path}/e.db")
    follower = LogFollower(log, Collector(), poll_seconds=0.02)
    follower.submit([click(1)]).cancel()
    follower.start()
    assert follower.submit([click(2)]).result(PATIENCE_SECONDS) == [True]
    follower.stop()


def limit_pages(log, pages):
    """Let the log's file grow to so many pages only, as a full disk does."""
    with log._transaction() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    event.listen(log._store.engine, "checkout", lambda held, *_: held.execute(f"PRAGMA max_page_count = {pages}"))


def test_a_failed_write_is_noted_until_a_write_or_a_trial_write_succeeds(tmp_path):
    log = EventLog(f"sqlite:///{tmp_path}/e.db")
    follower = LogFollower(log, Collector(), poll_seconds=0.02, probe_seconds=0.02)
    follower.start()
    assert follower.submit([click(1)]).result(PATIENCE_SECONDS) == [True]
    limit_pages(log, 1)
    with pytest.raises(UnavailableError, match="unreachable"):
        follower.submit([replace(click(2), body={"text": "x" * 100_000})]).result(PATIENCE_SECONDS)
    assert eventually(lambda: "full" in follower.lag.write_error and follower.lag.read_at)
    failed = follower.lag.write_error
    limit_pages(log, 100_000)
    assert (failed, follower.lag.error) == (
        "the event log is unreachable. Check PAUTA_EVENTS_URI, its database and its disk. (database or disk is full)",
        "",
    )
    assert eventually(lambda: follower.lag.write_error == "")
    assert [entry.entry_id for entry in log.tail(0)] == ["1"]
    follower.stop()
    log.close()


def test_a_trial_write_leaves_nothing(uri):
    log = EventLog(uri)
    today = log.day_keys.of(20_000)
    log.probe()
    log.probe()
    assert (log.head(), log.day_keys.of(20_000)) == (0, today)
    with log._transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pauta_day_keys")) == 1
    log.close()
