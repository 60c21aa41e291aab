"""Past rules: each version held until the next one was written."""

from dataclasses import replace

from script_shared.news.rules.rule_history import as_they_held
from tests.script_shared.news.rules.rules_made import pin, rule

END_MS = 10_000


def test_each_version_held_from_when_it_was_written_until_the_next_one() -> None:
    first = pin("a1", 1, start_ms=0, end_ms=9000, changed_ms=1000)
    second = replace(first, place=2, changed_ms=3000, version=2)
    held = as_they_held([(first, False), (second, False), (replace(second, changed_ms=5000), True)], END_MS)
    assert [(each.place, each.start_ms, each.end_ms) for each in held] == [(1, 1000, 3000), (2, 3000, 5000)]


def test_a_version_that_was_replaced_before_it_started_never_held() -> None:
    planned = pin("a1", 1, start_ms=4000, end_ms=9000, changed_ms=1000)
    assert as_they_held([(planned, False), (replace(planned, changed_ms=2000), True)], END_MS) == []


def test_rules_written_after_the_end_of_history_hold_by_their_own_times_in_the_last_version() -> None:
    late = rule("take_down", "article a1", start_ms=2000, changed_ms=END_MS + 1)
    later = replace(late, start_ms=3000, changed_ms=END_MS + 2)
    assert as_they_held([(late, False), (later, False)], END_MS) == [later]
    assert as_they_held([(late, False), (replace(late, changed_ms=END_MS + 2), True)], END_MS) == []
