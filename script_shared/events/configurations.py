"""The configuration that each kind of process recorded last, beside the record of decisions."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from hmac import new as hmac

from sqlalchemy import Connection, delete, insert, select

from script_shared.decisions.configuration import NOT_SET, Configuration
from script_shared.decisions.decision import Decision, Entry
from script_shared.events.database.audit import append_in, key_in
from script_shared.events.database.schema import CONFIGURATION

Changes = dict[str, tuple[str, str]]
State = dict[str, list[str]]  # by name the value, and the one before its last change
MARK = 12  # hexadecimal digits of the keyed hash of a secret


class ConfigurationTable:
    """The last configurations of one log database. Every method raises ``UnavailableError`` while it is unreachable.

    Args:
        transaction: opens a transaction on the database of the log.
        lock: excludes other writers until the commit, so that of several processes that start one writes the entry.
    """

    def __init__(
        self, transaction: Callable[[], AbstractContextManager[Connection]], lock: Callable[[Connection], None]
    ) -> None:
        self._transaction, self._lock = transaction, lock

    def follow(self, scope: str, found: Configuration, decide: Callable[[Changes], Decision]) -> Entry | None:
        """Compare a configuration with the last one of its scope, and record what differs.

        A scope's first configuration adds no entry. A change that another scope recorded already, with the same value
        before and after, adds none either: one changed setting is one entry, although API and DAGs both see it.

        Args:
            scope: which kind of process it is, the same on every machine.
            found: its configuration.
            decide: makes the decision out of the values before and after by name.

        Returns:
            The new entry; None if nothing changed.
        """
        with self._transaction() as connection:
            key = key_in(connection, make=False)
            state = _states(connection).get(scope)
            if key and state is not None and _next(state, _mark_secrets(found, key)) == state:
                return None
        with self._transaction() as connection:
            self._lock(connection)
            now, states = _mark_secrets(found, key_in(connection)), _states(connection)
            before = states.pop(scope, None)
            connection.execute(delete(CONFIGURATION).where(CONFIGURATION.c.scope == scope))
            state = _next(before, now) if before is not None else {name: [value, ""] for name, value in now.items()}
            row = {"scope": scope, "state": json.dumps(state, ensure_ascii=False)}
            connection.execute(insert(CONFIGURATION), [row])
            changes = {} if before is None else _changes(before, now, states)
            return append_in(connection, decide(changes)) if changes else None


def _mark_secrets(found: Configuration, key: bytes) -> dict[str, str]:
    """Texts by name; of a secret its keyed hash."""
    marks = {
        name: f"{shown} (keyed hash {hmac(key, f'{name}={secret}'.encode(), sha256).hexdigest()[:MARK]})"
        for name, (shown, secret) in found.secrets.items()
    }
    return {name: value.replace("\0", " ") for name, value in {**found.values, **marks}.items()}


def _states(connection: Connection) -> dict[str, State]:
    return {row.scope: json.loads(row.state) for row in connection.execute(select(CONFIGURATION))}


def _next(before: State, now: Mapping[str, str]) -> State:
    following: State = {}
    for name in sorted({*before, *now}):
        value, (last, earlier) = now.get(name, NOT_SET), before.get(name, [NOT_SET, ""])
        following[name] = [value, earlier if value == last else last]
    return following


def _changes(before: State, now: Mapping[str, str], others: Mapping[str, State]) -> Changes:
    found: Changes = {}
    for name in sorted({*before, *now}):
        last, value = before.get(name, [NOT_SET, ""])[0], now.get(name, NOT_SET)
        if last != value and not any(other.get(name) == [value, last] for other in others.values()):
            found[name] = (last, value)
    return found
