"""The editors' rules in the database of the log: every version of every rule, so that nothing is overwritten unseen."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from script_shared.events.database.schema import RULES


@dataclass(frozen=True)
class StoredRule:
    """One version of a rule.

    Attributes:
        change: number of the change; the changes of all rules are in the order of their numbers.
        version: counts the versions of this rule from 1.
        removed: the rule was removed; ``body`` is that of the version before.
        body: what the use case says of it, JSON.
        who: who wrote this version; ``at_ms``: when, on the wall clock, epoch milliseconds, UTC.
    """

    change: int
    rule_id: str
    version: int
    removed: bool
    body: Mapping[str, Any]
    who: str
    at_ms: int


Check = Callable[[Sequence[StoredRule]], None]


class RuleTable:
    """The rules of one log database. Every method raises ``UnavailableError`` while it is unreachable.

    Args:
        transaction: opens a transaction on the database of the log.
        lock: excludes other writers until the commit.
    """

    def __init__(
        self, transaction: Callable[[], AbstractContextManager[Connection]], lock: Callable[[Connection], None]
    ) -> None:
        self._transaction, self._lock = transaction, lock

    def latest(self) -> int:
        """Number of the latest change, 0 for none."""
        with self._transaction() as connection:
            return _latest(connection)

    def current(self) -> tuple[list[StoredRule], int]:
        """The last version of every rule that was not removed, in the order of their changes, and the latest change."""
        with self._transaction() as connection:
            return _current(connection), _latest(connection)

    def versions(self, rule_id: str | None = None) -> list[StoredRule]:
        """Every version of a rule, or of all rules, in the order of the changes."""
        query = select(RULES).order_by(RULES.c.change)
        with self._transaction() as connection:
            rows = connection.execute(query.where(RULES.c.rule_id == rule_id) if rule_id is not None else query)
            return [StoredRule(**row._mapping) for row in rows]

    def write(
        self, rule_id: str, body: Mapping[str, Any], who: str, at_ms: int, *, check: Check, removed: bool = False
    ) -> StoredRule:
        """Write the next version of a rule.

        Args:
            check: gets every version of this rule, then the last versions of all others; other writers wait. What it
                raises keeps the rule from being written.
        """
        with self._transaction() as connection:
            self._lock(connection)
            rows = connection.execute(select(RULES).where(RULES.c.rule_id == rule_id).order_by(RULES.c.version))
            own = [StoredRule(**row._mapping) for row in rows]
            check([*own, *(rule for rule in _current(connection) if rule.rule_id != rule_id)])
            row: dict[str, Any] = {
                "change": _latest(connection) + 1,
                "rule_id": rule_id,
                "version": len(own) + 1,
                "removed": removed,
                "body": dict(body),
                "who": who,
                "at_ms": at_ms,
            }
            connection.execute(insert(RULES), [row])
        return StoredRule(**row)


def _latest(connection: Connection) -> int:
    return int(connection.scalar(select(func.coalesce(func.max(RULES.c.change), 0))) or 0)


def _current(connection: Connection) -> list[StoredRule]:
    last = select(func.max(RULES.c.change)).group_by(RULES.c.rule_id)
    query = select(RULES).where(RULES.c.change.in_(last), ~RULES.c.removed).order_by(RULES.c.change)
    return [StoredRule(**row._mapping) for row in connection.execute(query)]
