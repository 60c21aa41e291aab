"""Writes the editors' rules into the database of the log, and brings the rule book of a process up to it."""

from dataclasses import replace
from secrets import token_hex
from threading import Lock

from script_shared.clock import wall_ms
from script_shared.errors import ConflictError, RequestError
from script_shared.events.rule_table import RuleTable, StoredRule
from script_shared.news.rules.conflicts import contradiction
from script_shared.news.rules.rule import Rule, differences
from script_shared.news.rules.rule_book import RuleBook
from script_shared.times import iso

MOST = 5_000  # rules that hold or are planned; the limit keeps a program from filling the memory of every process
STALE = "Read the rule again, and send its version with your change."


def rule_of(stored: StoredRule) -> Rule:
    """A rule out of the database.

    Args:
        stored: one version of it.
    """
    return Rule.of(stored.rule_id, stored.version, stored.body, stored.who, stored.at_ms)


class RuleStore:
    """Args:
    table: of the log database.
    """

    def __init__(self, table: RuleTable) -> None:
        self._table = table
        self._reading = Lock()

    def add(self, rule: Rule, who: str) -> Rule:
        """Add a rule; it gets an id and its author.

        Raises:
            ConflictError: it contradicts another rule, which the message names.
        """
        new = replace(rule, rule_id=token_hex(6), author=who)
        return self._write(new, who, version=0)

    def change(self, rule: Rule, who: str, version: int) -> Rule:
        """Change a rule; its author stays.

        Args:
            version: that the writer has read.

        Raises:
            RequestError: it does not exist.
            ConflictError: somebody changed or removed it since, or it contradicts another rule.
        """
        return self._write(rule, who, version)

    def remove(self, rule_id: str, who: str, version: int) -> Rule:
        """Remove a rule; the last version is returned.

        Raises:
            RequestError, ConflictError: as of :meth:`change`.
        """
        found: list[Rule] = []

        def check(stored: list[StoredRule]) -> None:
            found.append(_current(rule_id, version, stored))

        own = self._table.versions(rule_id)
        body = own[-1].body if own else {}
        self._table.write(rule_id, body, who, wall_ms(), check=check, removed=True)  # type: ignore[arg-type]
        return found[0]

    def versions(self, rule_id: str) -> list[tuple[Rule, bool]]:
        """Every version of a rule, oldest first, and whether it says that the rule was removed."""
        return [(rule_of(stored), stored.removed) for stored in self._table.versions(rule_id)]

    def refresh(self, book: RuleBook) -> bool:
        """Read the rules again if any changed, also in a database that was restored; returns whether that was so."""
        with self._reading:  # so that no older reading replaces a newer one
            if self._table.latest() == book.number:
                return False
            stored, number = self._table.current()
            book.replace([rule_of(each) for each in stored], number)
            return True

    def _write(self, rule: Rule, who: str, version: int) -> Rule:
        def check(stored: list[StoredRule]) -> None:
            if version:
                _current(rule.rule_id, version, stored)
            others = [rule_of(each) for each in stored if each.rule_id != rule.rule_id]
            if reason := contradiction(rule, others):
                raise ConflictError(reason, fix="Change or remove that rule first, or choose other times.")
            if sum(other.state(wall_ms()) != "ended" for other in others) >= MOST:
                raise RequestError(f"there are {MOST} rules already.", fix="Remove rules that are no longer needed.")

        if version:
            first = next(iter(self._table.versions(rule.rule_id)), None)
            rule = replace(rule, author=rule_of(first).author if first else who)
        stored = self._table.write(rule.rule_id, rule.body(), who, wall_ms(), check=check)  # type: ignore[arg-type]
        return rule_of(stored)


def _current(rule_id: str, version: int, stored: list[StoredRule]) -> Rule:
    """The last version of a rule, if the writer has read it.

    Raises:
        RequestError: the rule does not exist.
        ConflictError: somebody wrote another version; the message says what changed.
    """
    own = [each for each in stored if each.rule_id == rule_id]
    if not own:
        raise RequestError(f"there is no rule {rule_id}.", fix="Read the list of rules again.")
    last = own[-1]
    when = f"{last.who} at {iso(last.at_ms)}"
    if last.removed:
        raise ConflictError(f"rule {rule_id} was removed by {when}.", fix="Add a new rule if it is still needed.")
    if last.version != version:
        read = next((each for each in own if each.version == version), own[0])
        changes = "; ".join(differences(rule_of(read), rule_of(last))) or "nothing that is shown"
        raise ConflictError(
            f"rule {rule_id} has version {last.version}, not {version}; {when} changed {changes}.", fix=STALE
        )
    return rule_of(last)
