"""Rules in the database: versions, and what a second writer is answered."""

from dataclasses import replace
from pathlib import Path

import pytest

from script_shared.errors import ConflictError, RequestError
from script_shared.events import EventLog
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.rule_store import RuleStore
from tests.script_shared.news.rules.rules_made import pin, rule


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(f"sqlite:///{tmp_path / 'events.db'}")


@pytest.fixture
def store(log: EventLog) -> RuleStore:
    return RuleStore(log.rules)


def test_a_rule_comes_back_as_it_was_added_with_id_and_author(store: RuleStore) -> None:
    given = rule("keep_apart", "tag crime", "section publicidade", start_ms=5)
    made, book = store.add(given, "token:bia"), RuleBook()
    assert store.refresh(book)
    assert book.rules == (made,)
    same = replace(given, rule_id=made.rule_id, author="token:bia", changed_by="token:bia", changed_ms=made.changed_ms)
    assert made == same
    assert not store.refresh(book)


def test_the_second_writer_reads_what_the_first_one_changed(store: RuleStore) -> None:
    made = store.add(pin("a1", 1), "token:ana")
    store.change(replace(made, place=2, reason="less important"), "token:bia", 1)
    with pytest.raises(ConflictError) as error:
        store.change(replace(made, place=3), "token:ana", 1)
    assert "has version 2, not 1; token:bia at 20" in error.value.message
    assert "changed place from 1 to 2; reason from a test to less important" in error.value.message
    assert store.change(replace(made, place=3), "token:ana", 2).version == 3
    assert [found.changed_by for found, _ in store.versions(made.rule_id)] == ["token:ana", "token:bia", "token:ana"]


def test_a_removed_rule_has_no_effect_keeps_its_versions_and_cannot_be_changed(store: RuleStore) -> None:
    made, book = store.add(pin("a1", 1), "token:ana"), RuleBook()
    with pytest.raises(ConflictError, match="has version 1, not 7"):
        store.remove(made.rule_id, "token:bia", 7)
    assert store.remove(made.rule_id, "token:bia", 1) == made
    store.refresh(book)
    assert book.rules == ()
    with pytest.raises(ConflictError, match="was removed by token:bia"):
        store.change(made, "token:ana", 1)
    assert [removed for _, removed in store.versions(made.rule_id)] == [False, True]
    store.add(pin("a2", 1), "token:ana")


def test_a_contradiction_is_refused_and_nothing_is_written(store: RuleStore) -> None:
    made = store.add(pin("a1", 1), "token:ana")
    with pytest.raises(ConflictError, match=f"at one place.*{made.rule_id}"):
        store.add(pin("a2", 1), "token:bia")
    book = RuleBook()
    store.refresh(book)
    assert book.rules == (made,)


def test_a_rule_that_does_not_exist_is_refused(store: RuleStore) -> None:
    for attempt in (lambda: store.remove("0" * 12, "token:ana", 1), lambda: store.change(pin("a1", 1), "token:ana", 1)):
        with pytest.raises(RequestError, match="there is no rule"):
            attempt()


def test_another_process_sees_the_rules_after_a_restart(store: RuleStore, log: EventLog, tmp_path: Path) -> None:
    made = store.add(rule("take_down", "article a1"), "token:ana")
    log.close()
    book = RuleBook()
    RuleStore(EventLog(f"sqlite:///{tmp_path / 'events.db'}").rules).refresh(book)
    assert book.rules == (made,)
    assert book.at(10).withheld == {"a1": "taken_down"}
