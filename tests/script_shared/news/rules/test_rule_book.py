"""The set of the moment: rules start and end to the millisecond, by the clock that the caller has."""

from script_shared.news.rules.rule_book import RuleBook
from tests.script_shared.news.rules.rules_made import pin, rule


def test_rules_start_and_end_to_the_millisecond_even_when_the_clock_goes_back() -> None:
    book = RuleBook([pin("a1", 1, start_ms=1000, end_ms=2000), rule("take_down", "article a2", start_ms=1500)], 1)
    seen = {at: (bool(book.at(at).pins), bool(book.at(at).withheld)) for at in (999, 1000, 1499, 1500, 1999, 2000, 999)}
    assert seen == {
        999: (False, False),
        1000: (True, False),
        1499: (True, False),
        1500: (True, True),
        1999: (True, True),
        2000: (False, True),
    }


def test_the_set_is_prepared_once_until_a_rule_starts_ends_or_changes() -> None:
    book = RuleBook([pin("a1", 1, start_ms=1000, end_ms=2000)], 1)
    assert book.at(1000) is book.at(1999)
    before = book.at(1500)
    book.replace([], 2)
    assert book.at(1500) is not before
    assert book.at(1500).pins == {}


def test_several_boosts_multiply_and_stay_within_bounds() -> None:
    rules = [rule("boost", "section mundo", strength=5.0), rule("boost", "tag x", strength=5.0), rule("bury", "tag y")]
    found = RuleBook(rules, 1).at(0)
    assert found.marks([("section", "mundo")]).factor == 0.2
    assert found.marks([("section", "mundo"), ("tag", "x")]).factor == 0.1
    assert found.marks([("tag", "y")]).factor == 3.0
    assert found.marks([("tag", "z")]).factor == 1.0
