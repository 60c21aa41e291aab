"""Lists without the editors' rules still lack what was taken down."""

from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.withholding import WithholdingRules
from tests.script_shared.news.rules.rules_made import pin, rule


def test_only_take_downs_and_embargoes_are_left_also_after_a_change() -> None:
    book = RuleBook([pin("a1", 1), rule("boost", "section mundo", strength=5.0), rule("take_down", "article a2")], 1)
    left = WithholdingRules(book)
    assert (left.at(5).pins, set(left.at(5).withheld)) == ({}, {"a2"})
    assert left.at(5) is left.at(5)
    book.replace([rule("embargo", "article a3")], 2)
    assert set(left.at(5).withheld) == {"a3"}
