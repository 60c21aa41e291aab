"""Of the editors' rules those alone that withhold articles, for lists that are made without the other rules."""

from script_shared.news.rules.rule import WITHHOLDING, Rule
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.rule_set import RuleSet


class WithholdingRules(RuleBook):
    """The take-downs and embargoes of another book, which changes.

    Args:
        of: the rules in force.
    """

    def __init__(self, of: RuleBook) -> None:
        super().__init__()
        self._of = of
        self._seen: tuple[Rule, ...] | None = None

    def at(self, now_ms: int) -> RuleSet:
        """The take-downs and embargoes that hold at a moment.

        Args:
            now_ms: on the release's clock, epoch milliseconds, UTC; it may go back.
        """
        if (rules := self._of.rules) is not self._seen:
            self.replace((rule for rule in rules if rule.kind in WITHHOLDING), self._of.number)
            self._seen = rules
        return super().at(now_ms)
