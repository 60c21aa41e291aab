"""Rules that contradict each other are found and named; others are not."""

from dataclasses import replace

import pytest

from script_shared.news.rules.conflicts import contradiction
from script_shared.news.rules.rule import Rule
from tests.script_shared.news.rules.rules_made import HOUR_MS, NOW_MS, pin, rule

AT_NOON = {"start_ms": NOW_MS, "end_ms": NOW_MS + HOUR_MS}
CONTRADICTIONS: dict[str, tuple[Rule, Rule]] = {
    "two pins at one place": (pin("a1", 1), pin("a2", 1)),
    "two spellings of one front": (pin("a1", 1, "São Paulo"), pin("a2", 1, "sao-paulo")),
    "one article at two places": (pin("a1", 1), pin("a1", 2)),
    "pin and take down": (pin("a1", 1), rule("take_down", "article a1")),
    "pin and embargo": (pin("a1", 1), rule("embargo", "article a1", **AT_NOON)),
    "boost and bury": (rule("boost", "section mundo"), rule("bury", "section Mundo")),
    "boost and take down": (rule("boost", "article a1"), rule("take_down", "article a1")),
    "more than most": (rule("quota", "tag x", least=0.5), rule("quota", "tag X", most=0.3)),
    "sections that need eleven places": (
        rule("quota", "section mundo", least=0.6),
        rule("quota", "section cultura", least=0.5),
    ),
    "sources likewise": (rule("quota", "source a.example", least=0.55), rule("quota", "source b.example", least=0.5)),
    "most of a list kept apart from itself": (
        rule("quota", "section mundo", least=0.6),
        rule("keep_apart", "section mundo", "section mundo"),
    ),
}
HARMONY: dict[str, tuple[Rule, Rule]] = {
    "pins at two places": (pin("a1", 1), pin("a2", 2)),
    "pins on two fronts": (pin("a1", 1), pin("a2", 1, "mundo")),
    "one article on two fronts": (pin("a1", 1), pin("a1", 1, "mundo")),
    "one after the other": (pin("a1", 1, **AT_NOON), pin("a2", 1, start_ms=NOW_MS + HOUR_MS, end_ms=NOW_MS * 2)),
    "taken down afterwards": (pin("a1", 1, **AT_NOON), rule("take_down", "article a1", start_ms=NOW_MS + HOUR_MS)),
    "tags that an article may share": (rule("quota", "tag x", least=0.9), rule("quota", "tag y", least=0.9)),
    "sections that fill a list": (
        rule("quota", "section mundo", least=0.6),
        rule("quota", "section cultura", least=0.4),
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_names_the_other_rule_whichever_came_first(name: str) -> None:
    for new, other in (CONTRADICTIONS[name], CONTRADICTIONS[name][::-1]):
        assert f"rule {other.rule_id} of token:ana" in contradiction(new, [pin("b", 90), other])


@pytest.mark.parametrize("name", HARMONY)
def test_rules_that_can_hold_together_do(name: str) -> None:
    one, other = HARMONY[name]
    assert contradiction(one, [other]) == contradiction(other, [one]) == ""


def test_a_rule_does_not_contradict_its_own_earlier_version() -> None:
    made = pin("a1", 1)
    assert contradiction(replace(made, reason="error"), [made]) == ""


def test_two_rules_that_leave_room_each_do_not_leave_it_together() -> None:
    thirds = [rule("quota", f"section s{number}", least=0.33) for number in range(3)]
    assert contradiction(thirds[0], thirds[1:2]) == ""
    assert "need 12 places in a list of 10" in contradiction(thirds[0], thirds[1:])


@pytest.mark.parametrize("last", range(3))
def test_articles_that_must_be_apart_cannot_be_pinned_beside_each_other(last: int) -> None:
    rules = [pin("a1", 3), pin("a2", 4), rule("keep_apart", "article a1", "article a2")]
    new = rules.pop(last)
    assert "must be kept apart" in contradiction(new, rules)
    assert contradiction(new, rules[:1]) == ""
