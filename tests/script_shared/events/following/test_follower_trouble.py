"""A follower whose log, disk, entries or writers fail."""

from dataclasses import replace

import pytest
from sqlalchemy import event, text

from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.following.follower import LogFollower
from tests.patience import PATIENCE_SECONDS
from tests.script_shared.events.collector import LIST, Collector, click, eventually


class Unreachable(EventLog):
    """A log whose database went away; it comes back when ``broken`` is set to False."""

    broken = True

    def write(self, entries):
        if self.broken and entries:
            raise UnavailableError("the event log cannot be used.")
        return super().write(entries)

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


def test_a_kind_that_a_later_version_wrote_does_not_stop_the_follower(tmp_path, monkeypatch):
    monkeypatch.setattr("script_shared.events.following.follower.READ", 2)
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
