"""The record of decisions on both databases: one chain, however many processes write, and every change is found."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, update

from script_shared.audit.trail import AuditTrail
from script_shared.decisions.decision import FIRST, Decision
from script_shared.events import EventLog
from script_shared.events.database.schema import AUDIT
from script_shared.settings import Settings


@pytest.fixture
def trail(log, uri, tmp_path):
    return AuditTrail(Settings(data_dir=tmp_path / "data", models_uri=str(tmp_path / "models"), events_uri=uri), log)


def decision(number: int) -> Decision:
    return Decision("token:ana", "promote", "news", f"v{number - 1}", f"v{number}", "it was better", {"ndcg": 0.1})


def test_entries_continue_each_other_and_are_read_by_filters_and_pages(trail):
    for number in range(1, 5):
        assert trail.record(decision(number))
    trail.record(Decision("command:root", "drift", "students"))
    chain = list(trail.table.chain())
    assert [entry.number for entry in chain] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in chain] == [FIRST, *(entry.hash for entry in chain[:-1])]
    assert trail.check() == trail.check()
    assert (trail.check().entries, trail.check().problems) == (5, ())
    assert [entry.number for entry in trail.table.read(what="promote", limit=3)] == [4, 3, 2]
    assert [entry.number for entry in trail.table.read(before=3)] == [2, 1]
    assert [entry.who for entry in trail.table.read(use_case="students")] == ["command:root"]
    assert trail.table.read(since_ms=chain[-1].at_ms + 1) == []
    assert chain[0].view()["from"] == "v0"
    assert chain[0].view()["evidence"] == {"ndcg": 0.1}


@pytest.mark.parametrize("column", ["who", "why", "before", "evidence", "at_ms", "previous", "hash"])
def test_an_altered_entry_is_found(trail, log, column):
    for number in range(1, 4):
        trail.record(decision(number))
    value = 5 if column == "at_ms" else '{"ndcg":0.9}' if column == "evidence" else "f" * 64
    with log._store.transaction() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.number == 2).values({column: value}))
    assert any("entry 2" in problem or "entry 3" in problem for problem in trail.check().problems)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_entry_is_found_even_the_newest(trail, log, number):
    for each in range(1, 4):
        trail.record(decision(each))
    with log._store.transaction() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.number == number))
    assert trail.check().problems


def test_a_removed_entry_is_found_by_the_noted_end_even_if_later_hashes_were_recomputed(trail, log):
    for each in range(1, 4):
        trail.record(decision(each))
    with log._store.transaction() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.number > 1))
    log.audit.append(decision(2))
    log.audit.append(decision(7))
    assert trail.check().problems == ("entry 3, which was once the newest, is missing or was replaced.",)


def test_a_decision_is_recorded_once(trail):
    one = decision(1)
    assert trail.table.append(one) == trail.table.append(one)
    assert trail.check().entries == 1


def _write(uri: str, count: int) -> None:
    log = EventLog(uri)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda number: log.audit.append(decision(number)), range(count)))
    log.close()


def test_threads_of_several_processes_never_fork_the_chain(trail, uri):
    trail.record(decision(0))
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(uri, 20)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert (trail.check().entries, trail.check().problems) == (61, ())


def test_a_pseudonym_is_the_same_for_all_and_not_a_plain_hash(log, uri):
    other = EventLog(uri)
    assert log.audit.pseudonym("ana") == other.audit.pseudonym("ana") != log.audit.pseudonym("rui")
    other.close()
