"""None"""

import multiprocessing
import random
import sys
import time

import pytest

from script_shared.errors import SettingsError, UnavailableError
from script_shared.events import Entry, EventLog, Kind
from tests.script_shared.events.clicks_made import click


def test_entries_come_back_in_the_order_they_were_written(log):
    assert log.append([click(n) for n in range(5)]) == [True] * 5
    entries = log.tail(0)
    assert [entry.entry_id for entry in entries] == list("01234")
    assert entries[0].body == {"session": "s"}
    assert log.head() == entries[-1].seq
    assert log.tail(entries[2].seq, limit=1)[0].entry_id == "3"


def test_what_waits_is_counted_without_the_kinds_that_nobody_waits_for(log):
    log.append([click(1), click(2), Entry("s", Kind.SERVED, 1_000), click(3)])
    first = log.tail(0)[0].seq
    assert log.waiting(0) == 4
    assert log.waiting(first, without=[Kind.SERVED]) == 2
    assert log.waiting(0, most=3) == 3
    assert log.waiting(log.head()) == 0


LATER = 99  # a kind that only a later version knows


def later(entry_id, user="u1"):
    return Entry(str(entry_id), LATER, 1_000, user)


def test_entries_of_an_unknown_kind_are_skipped_and_logged_once(log, caplog):
    log.append([click(1), *(later(n) for n in range(10, 20)), click(2), later(20)])
    assert [entry.entry_id for entry in log.tail(0)] == ["1", "2"]
    first = log.tail(0, limit=1)[-1].seq
    assert [(entry.entry_id, entry.seq) for entry in log.tail(first, limit=3)] == [("2", 12)]
    assert log.tail(12) == []
    assert log.waiting(first) == 1
    assert list(log.find(["1", "20"])) == ["1"]
    assert [entry.entry_id for entry in log.export("u1")] == ["1", "2"]
    assert [record.message for record in caplog.records if "kind" in record.message] == [
        "the event log has entries of kind 99, which this version skips"
    ]


def test_a_page_of_unknown_kinds_alone_is_not_the_end(log):
    log.append([*(later(n) for n in range(10, 15)), Entry("x", 98, 1_000), click(1)])
    assert [entry.entry_id for entry in log.tail(0, limit=2)] == ["1"]


def test_an_erasure_deletes_entries_of_an_unknown_kind_as_well(log):
    log.append([click(1, "ana"), later(2, "ana")])
    assert log.erase("ana").kinds == {"click": 1, "other": 1}


def test_an_entry_sent_again_is_taken_once(log):
    assert log.append([click(1), click(2), click(1)]) == [True, True, False]
    assert log.append([click(2), click(3)]) == [False, True]
    assert [entry.entry_id for entry in log.tail(0)] == ["1", "2", "3"]


def test_an_empty_batch_is_nothing(log):
    assert log.append([]) == []
    assert log.head() == 0


def test_old_entries_are_pruned_but_articles_and_erasures_stay(log):
    log.append([click(1, time_ms=10), click(2, time_ms=20), Entry("3", Kind.ARTICLE, 5, article_id="a")])
    assert log.prune(before_ms=20, until=log.head()) == 1
    assert [entry.entry_id for entry in log.tail(0)] == ["2", "3"]


def test_nothing_is_pruned_that_no_snapshot_holds(log):
    log.append([click(1, time_ms=10), click(2, time_ms=10)])
    first = log.tail(0)[0].seq
    assert log.prune(before_ms=20, until=0) == 0
    assert log.prune(before_ms=20, until=first) == 1
    assert [entry.entry_id for entry in log.tail(0)] == ["2"]


def test_the_extent_tells_when_what_is_held_changed(log):
    log.append([click(1), Entry("i", Kind.IMPRESSION, 1)])
    last, mark = log.head_fingerprint([Kind.CLICK])
    assert last == log.tail(0)[0].seq
    log.append([Entry("j", Kind.IMPRESSION, 1)])
    assert log.head_fingerprint([Kind.CLICK]) == (last, mark)
    log.append([click(2)])
    assert log.head_fingerprint([Kind.CLICK])[0] > last
    assert log.head_fingerprint([Kind.CLICK])[1] != mark
    assert log.head_fingerprint([Kind.ERASE])[0] == 0


def test_a_log_that_cannot_be_reached_says_so_and_heals(tmp_path):
    folder = tmp_path / "later"
    log = EventLog(f"sqlite:///{folder}/events.db")
    with pytest.raises(UnavailableError, match="PAUTA_EVENTS_URI"):
        log.append([click(1)])
    folder.mkdir()
    assert log.append([click(1)]) == [True]
    log.close()


@pytest.mark.parametrize("uri", ["nonsense", "oracle9://x", "postgresql+nodriver://x"])
def test_an_address_that_is_none_is_named_as_a_setting(uri):
    with pytest.raises(SettingsError, match="PAUTA_EVENTS_URI"):
        EventLog(uri)


def _write(uri, writer, batches):
    log, chance = EventLog(uri), random.Random(writer)
    for batch in range(batches):
        log.append([click(f"{writer}-{batch}-{n}") for n in range(chance.randint(1, 5))])
        time.sleep(chance.random() / 200)
    log.close()


@pytest.mark.slow
def test_a_tail_misses_nothing_that_concurrent_writers_commit(uri):
    EventLog(uri).head()  # makes the table
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(uri, writer, 60)) for writer in range(4)]
    for writer in writers:
        writer.start()
    log, seen, after = EventLog(uri), [], 0
    while any(writer.is_alive() for writer in writers) or log.head() > after:
        batch = log.tail(after, limit=7)
        seen += [entry.entry_id for entry in batch]
        after = batch[-1].seq if batch else after
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert seen == [entry.entry_id for entry in log.tail(0, limit=10**6)]
    assert len(seen) == len(set(seen)) > 400
    log.close()


def _waits_for_a_lock(uri: str) -> bool:
    """Whether a connection waits for the lock of appends."""
    from sqlalchemy import create_engine, text

    engine = create_engine(uri)
    with engine.connect() as connection:
        waiting = connection.execute(
            text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        ).scalar_one()
    engine.dispose()
    return waiting > 0


@pytest.mark.skipif(sys.platform != "linux", reason="uses Linux signals")
def test_a_slow_writer_cannot_hide_behind_a_fast_one(postgresql_uri):
    """Without the lock, a transaction that took its number first but commits last would be passed by the tail."""
    from sqlalchemy import create_engine, text

    log = EventLog(postgresql_uri)
    log.head()
    slow = create_engine(postgresql_uri)
    with slow.begin() as connection:
        log._lock(connection)
        columns = "entry_id, kind, time_ms, user_id, article_id, body"
        connection.execute(text(f"INSERT INTO pauta_entries ({columns}) VALUES ('slow', 1, 1, '', '', '{{}}')"))
        fast = multiprocessing.get_context("spawn").Process(target=_write, args=(postgresql_uri, "fast", 1))
        fast.start()
        while not _waits_for_a_lock(postgresql_uri):
            assert fast.is_alive()
            time.sleep(0.01)
        assert [entry for entry in log.tail(0, 10**6) if entry.entry_id.startswith("fast")] == []
    fast.join()
    order = [entry.entry_id for entry in log.tail(0, 10**6)]
    assert order.index("slow") < order.index("fast-0-0")
    slow.dispose()
    log.close()


def test_more_entries_than_one_transaction_takes_are_pruned(log, monkeypatch):
    monkeypatch.setattr("script_shared.events.log._AT_ONCE", 3)
    log.append([click(n) for n in range(7)] + [click(7, time_ms=9_000)])
    assert log.prune(5_000, until=log.head()) == 7
    assert [entry.entry_id for entry in log.tail(0)] == ["7"]


def test_who_clicked_and_what_is_told_up_to_a_number(log):
    seen = Entry("i", Kind.IMPRESSION, 9_000, "eva", "a1")
    log.append([click(1, "ana", time_ms=10), click(2, "rui"), click(3, ""), seen, click(4, "rui"), click(5, "bia")])
    last = log.tail(0)[4].seq
    assert log.history.readers(last, 1_000) == {"rui"}
    assert [entry.entry_id for entry in log.history.clicks_of(["rui", "bia", "eva"], last)] == ["2", "4"]


def test_a_table_of_an_earlier_version_makes_room_for_long_ids(postgresql_uri):
    from sqlalchemy import create_engine, text

    first = EventLog(postgresql_uri)
    first.append([click(1)])
    first.close()
    engine = create_engine(postgresql_uri)
    with engine.begin() as connection:
        for column in ("entry_id", "user_id"):
            connection.execute(text(f"ALTER TABLE pauta_entries ALTER COLUMN {column} TYPE VARCHAR(128)"))
    engine.dispose()
    log, long = EventLog(postgresql_uri), "x" * 512
    log.append([Entry(long, Kind.CLICK, 1_000, long, long)])
    assert [entry.user_id for entry in log.export(long)] == [long]
    log.close()


def test_an_entry_is_replaced_only_while_it_is_there_and_only_once(log):
    log.append([click(1), click(2, user="u2")])
    rule, right = Entry("rule", Kind.QUARANTINE, 1_000), click("right")
    assert log.append_about("1", [rule, right])
    assert not log.append_about("1", [rule, click("other")])
    assert not log.append_about("9", [Entry("of-nothing", Kind.QUARANTINE, 1_000)])
    log.erase("u2")
    assert not log.append_about("2", [Entry("late", Kind.QUARANTINE, 1_000), click("again", user="u2")])
    assert [entry.entry_id for entry in log.tail(0) if entry.kind != Kind.ERASE] == ["1", "rule", "right"]
