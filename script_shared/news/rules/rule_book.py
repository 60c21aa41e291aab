"""The rules that one process knows, and the prepared set of the moment."""

from collections.abc import Iterable

from script_shared.news.rules.rule import Rule
from script_shared.news.rules.rule_set import RuleSet


class RuleBook:
    """All rules, and the set of those that hold now; the set is prepared again when a rule changes, starts or ends.

    Attributes:
        number: of the newest change that is known; -1 before any rules were read.
    """

    def __init__(self, rules: Iterable[Rule] = (), number: int = -1) -> None:
        self.number = number
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._prepared = (self.rules, RuleSet.of(self.rules, 0, number))

    def replace(self, rules: Iterable[Rule], number: int) -> None:
        """Know other rules from now on."""
        self.number, self.rules = number, tuple(rules)

    def at(self, now_ms: int) -> RuleSet:
        """The rules that hold at a moment.

        Args:
            now_ms: on the release's clock, epoch milliseconds, UTC; it may go back.
        """
        rules = self.rules
        of, found = self._prepared
        if of is not rules or not found.since_ms <= now_ms < found.until_ms:
            found = RuleSet.of(rules, now_ms, self.number)
            self._prepared = (rules, found)  # one assignment: another thread may replace the rules meanwhile
        return found

    def get(self, rule_id: str) -> Rule | None:
        """A rule, None if it does not exist or was removed."""
        return next((rule for rule in self.rules if rule.rule_id == rule_id), None)

    def without(self, rule_id: str) -> "RuleBook":
        """The same rules without one."""
        return RuleBook((rule for rule in self.rules if rule.rule_id != rule_id), self.number)

    def beside(self, rule: Rule) -> "RuleBook":
        """The same rules with a new one, or with another version of one."""
        return RuleBook([*self.without(rule.rule_id).rules, rule], self.number)


NO_RULES = RuleBook()
