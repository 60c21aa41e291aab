"""The entries of one person, and what an erasure leaves of them."""

import threading

import pytest
from sqlalchemy import event, select

from script_shared.events import Entry, EventLog, Kind
from script_shared.events.database.people import rows_of
from script_shared.events.database.schema import ENTRIES
from script_shared.events.entry import user_digest
from script_shared.events.person import Person
from script_shared.events.served_list import ServedList
from tests.patience import PATIENCE_SECONDS
from tests.script_shared.events.clicks_made import click

LITERAL = {"compile_kwargs": {"literal_binds": True}}


def test_an_erased_reader_leaves_only_a_digest(log):
    log.append([click(1, "ana"), click(2, "rui"), click(3, "ana")])
    assert [entry.entry_id for entry in log.export("ana")] == ["1", "3"]
    assert log.erase("ana").entries == 2
    left = log.tail(0)
    assert [(entry.kind, entry.user_id) for entry in left] == [(Kind.CLICK, "rui"), *2 * [(Kind.ERASE, "")]]
    assert log.export("ana") == []
    assert log.erased_digests() == {user_digest("ana"), user_digest("session s")}


def seen(entry_id, user="", session=""):
    body = {"session": session} if session else {}
    return Entry(str(entry_id), Kind.CLICK, 1_000, user, "a1", body)


VISITS = [seen(1, session="v"), seen(2, "ana", "v"), seen(3, session="w"), seen(4, "ana"), seen(5, "rui", "x"), seen(6)]


@pytest.mark.parametrize(
    ("name", "held"),
    [("ana", ["1", "2", "4"]), ("session v", ["1", "2"]), ("session w", ["3"]), ("rui", ["5"]), ("eva", []), ("v", [])],
)
def test_a_person_is_a_user_with_all_visits_or_a_visit(log, name, held):
    log.append(VISITS)
    assert [entry.entry_id for entry in log.export(name)] == held
    assert log.erase(name).kinds == ({"click": len(held)} if held else {})
    assert log.export(name) == []
    left = [entry.entry_id for entry in log.tail(0) if entry.kind == Kind.CLICK]
    assert left == [entry.entry_id for entry in VISITS if entry.entry_id not in held]
    assert user_digest(name) in log.erased_digests()


def test_what_names_a_session_is_found_by_an_index(log):
    log.append(VISITS)
    with log._transaction() as connection:
        if connection.dialect.name == "sqlite":
            query = select(ENTRIES.c.seq).where(rows_of(Person("ana"))).compile(connection, **LITERAL)
            plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
            assert "SCAN" not in plan
            assert "pauta_entries_session" in plan


def test_numbers_are_never_given_twice_even_after_an_erasure(log):
    log.append([click(1, "ana")])
    seen = log.head()
    log.erase("ana")
    log.append([click(2)])
    assert all(entry.seq > seen for entry in log.tail(0))


def test_erasures_are_told_from_a_number_on(log):
    log.erase("ana")
    first = log.head()
    log.erase("rui")
    assert log.erased_digests() == {user_digest("ana"), user_digest("rui")}
    assert log.erased_digests(first) == {user_digest("rui")}


def test_an_answer_to_a_reader_who_is_being_erased_meanwhile_is_left_out(log, uri):
    log.append([click(1, "ana")])
    served = ServedList(b"key", 1_000, "ana", "", "logged", "ranker", "v1", ["a1"])
    entered, begun, asked, waiting = threading.Event(), threading.Event(), threading.Event(), EventLog(uri)
    waiting.head()  # connects

    def note_begin(*_):
        begun.set()

    def note_question(connection, cursor, statement, *_):
        if statement.lstrip().startswith("SELECT pauta_entries"):
            asked.set()

    def slowly(connection):
        entered.set()
        assert begun.wait(PATIENCE_SECONDS)
        asked.wait(0.3)  # without a lock, the other one learns who was erased before this one has committed

    event.listen(waiting._store.engine, "before_cursor_execute", note_begin)
    event.listen(waiting._store.engine, "after_cursor_execute", note_question)
    event.listen(log._store.engine, "commit", slowly)
    erasing = threading.Thread(target=log.erase, args=("ana",))
    erasing.start()
    assert entered.wait(PATIENCE_SECONDS)
    waiting.served.write([served], seen=1)
    erasing.join()
    waiting.close()
    assert log.export("ana") == []


def test_after_a_concurrent_erasure_and_correction_no_entry_of_the_person_is_left(log):
    for turn in range(8):
        log.append([click(f"e{turn}", user="u1")])
        rows = [Entry(f"rule{turn}", Kind.QUARANTINE, 1_000), click(f"right{turn}", user="u1")]
        threads = [
            threading.Thread(target=log.append_about, args=(f"e{turn}", rows)),
            threading.Thread(target=log.erase, args=("u1",)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        assert log.export("u1") == []
