"""Marks of experiments are kept with their lists, and deleted with them."""

from script_shared.events import EventLog
from script_shared.events.served_list import ServedList, answer_key
from script_shared.experiments.mark import Mark

MERGED = Mark("merge", "", 900, False, bytes([0, 1]))
SHADOW = Mark("shade", "new", 1_200, pages=("p3", "p1"))


def served(name: str, user: str, time_ms: int, *marks: Mark) -> ServedList:
    return ServedList(answer_key(name), time_ms, user, "", "logged", "ranker", "v1", ["p1", "p2"], marks=marks)


def marks_of(log: EventLog) -> dict[str, tuple[Mark, ...]]:
    return {one.user: one.marks for one in log.served.between(None, None, limit=9)}


def test_marks_come_back_with_their_lists(log: EventLog) -> None:
    log.served.write([served("1", "ana", 1, MERGED, SHADOW), served("2", "bea", 2)], seen=0)
    assert marks_of(log) == {"ana": (MERGED, SHADOW), "bea": ()}
    first = next(one for one in log.served.between(None, None, limit=9) if one.user == "ana")
    assert first.entry().body["variants"] == {"merge": "", "shade": "new"}


def test_marks_of_an_erased_person_are_deleted_and_those_of_others_stay(log: EventLog) -> None:
    log.served.write([served("1", "ana", 1, SHADOW), served("2", "bea", 2, MERGED)], seen=0)
    log.erase("ana")
    assert marks_of(log) == {"bea": (MERGED,)}
    log.served.write([served("1", "eve", 1)], seen=log.head())
    assert marks_of(log)["eve"] == (), "a mark of the deleted list is still there"


def test_old_marks_are_pruned_with_their_lists(log: EventLog) -> None:
    log.served.write([served("1", "ana", 1, SHADOW), served("2", "bea", 50, MERGED)], seen=0)
    log.served.prune(10)
    log.served.write([served("1", "eve", 60)], seen=0)
    assert marks_of(log) == {"bea": (MERGED,), "eve": ()}
