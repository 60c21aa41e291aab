"""A rule by itself: what each kind needs."""

from dataclasses import replace

import pytest

from script_shared.errors import RequestError
from script_shared.news.rules.rule import Rule
from script_shared.news.rules.validation import check
from tests.script_shared.news.rules.rules_made import HOUR_MS, NOW_MS, pin, rule

LATER = {"end_ms": NOW_MS + HOUR_MS}
GOOD: dict[str, Rule] = {
    "pin": pin("a1", 1, "mundo"),
    "boost": rule("boost", "section mundo", **LATER),
    "bury": rule("bury", "source agencia.example"),
    "take down": rule("take_down", "article a1"),
    "embargo": rule("embargo", "article a1", **LATER),
    "quota": rule("quota", "tag crime", most=0.2),
    "keep apart": rule("keep_apart", "tag crime", "tag crime"),
}
BAD: dict[str, tuple[Rule, str]] = {
    "no end of a pin": (pin("a1", 1, end_ms=None), "needs an end"),
    "ends before it starts": (pin("a1", 1, start_ms=NOW_MS + 2 * HOUR_MS), "after the start"),
    "ended already": (pin("a1", 1, end_ms=NOW_MS), "has passed"),
    "no reason": (pin("a1", 1, reason=" "), "reason"),
    "no place": (pin("a1", 0), "place"),
    "a place of another kind": (rule("take_down", "article a1", place=1), "place"),
    "pins a section": (replace(pin("a1", 1), about=rule("bury", "section x").about), "one article"),
    "too strong": (rule("boost", "section mundo", strength=50.0, **LATER), "strength"),
    "quota of an article": (rule("quota", "article a1", most=0.2), "about a section"),
    "quota without limits": (rule("quota", "tag x"), "one of them"),
    "least above most": (rule("quota", "tag x", least=0.5, most=0.2), "at most as large"),
    "apart from nothing": (rule("keep_apart", "tag x"), "missing"),
    "apart from itself": (rule("keep_apart", "article a1", "article a1"), "same article"),
    "a name of signs alone": (rule("bury", "tag !?"), "no letters"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_rule_with_what_its_kind_needs_holds(name: str) -> None:
    check(GOOD[name], NOW_MS)


@pytest.mark.parametrize("name", BAD)
def test_a_rule_that_lacks_something_is_refused_with_the_field(name: str) -> None:
    bad, words = BAD[name]
    with pytest.raises(RequestError, match=words):
        check(bad, NOW_MS)
