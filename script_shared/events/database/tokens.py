"""Named tokens and sessions in the database of the log, the same for all processes."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from script_shared.clock import wall_ms
from script_shared.errors import ConflictError
from script_shared.events.database.schema import SESSIONS, TOKENS
from script_shared.people import Role, Session, Token, digest_of
from script_shared.people.tokens import new_secret

_CURRENT = TOKENS.c.revoked_ms.is_(None)


class TokenTable:
    """The tokens and sessions of one log database. Every method raises ``UnavailableError`` while it is unreachable.

    Args:
        transaction: opens a transaction on the database of the log.
        lock: excludes other writers until the commit.
    """

    def __init__(
        self, transaction: Callable[[], AbstractContextManager[Connection]], lock: Callable[[Connection], None]
    ) -> None:
        self._transaction, self._lock = transaction, lock

    def make(
        self, name: str, role: Role, *, by: str, use_cases: frozenset[str] = frozenset(), expires_ms: int | None = None
    ) -> tuple[Token, str]:
        """Make a token; only this call returns its secret.

        Args:
            name: of the token; unique among the active ones.
            role: what it permits.
            by: who makes it.
            use_cases: the only ones that it opens; empty for all.
            expires_ms: epoch milliseconds, UTC; None for a token that does not expire.

        Returns:
            the token as it is stored, and its secret.

        Raises:
            ConflictError: there is an active token of this name.
        """
        secret, now_ms = new_secret(), wall_ms()
        row = {
            "name": name,
            "role": role,
            "use_cases": _join(use_cases),
            "digest": digest_of(secret),
            "made_ms": now_ms,
            "made_by": by,
            "expires_ms": expires_ms,
        }
        with self._transaction() as connection:
            self._lock(connection)
            if any(token.state(now_ms) == "active" for token in _tokens(connection, TOKENS.c.name == name)):
                raise ConflictError(f"a token of the name {name} exists.", fix="Revoke it, or use another name.")
            connection.execute(insert(TOKENS), [row])
            made = next(iter(_tokens(connection, TOKENS.c.digest == row["digest"])))
        return made, secret

    def all(self) -> list[Token]:
        """Every token that was ever made, in order, including revoked and expired ones."""
        with self._transaction() as connection:
            return _tokens(connection)

    def revoke(self, name: str) -> Token | None:
        """Revoke the token of this name, and the sessions that it opened; None without an active token.

        Args:
            name: of an active token.
        """
        now_ms = wall_ms()
        with self._transaction() as connection:
            self._lock(connection)
            found = [each for each in _tokens(connection, TOKENS.c.name == name) if each.state(now_ms) == "active"]
            for token in found:
                connection.execute(update(TOKENS).where(TOKENS.c.number == token.number).values(revoked_ms=now_ms))
                connection.execute(delete(SESSIONS).where(SESSIONS.c.holder == token.digest))
        return found[0] if found else None

    def note_use(self, used: Mapping[int, int]) -> None:
        """Store when tokens were last used, by their numbers; a time before the stored one changes nothing.

        Args:
            used: epoch milliseconds, UTC, by number of the token.
        """
        with self._transaction() as connection:
            for number, at_ms in sorted(used.items()):
                older = TOKENS.c.used_ms.is_(None) | (TOKENS.c.used_ms < at_ms)
                connection.execute(update(TOKENS).where(TOKENS.c.number == number, older).values(used_ms=at_ms))

    def current(self) -> tuple[list[Token], list[Session]]:
        """The tokens that were not revoked, including expired ones, and the sessions that nobody closed."""
        with self._transaction() as connection:
            sessions = connection.execute(select(SESSIONS).where(SESSIONS.c.until_ms > wall_ms()))
            return _tokens(connection, _CURRENT), [_session(row) for row in sessions]

    def open_session(self, session: Session) -> None:
        """Store a session, and delete those that have ended.

        Args:
            session: with the digest of its secret, not the secret.
        """
        row = {name: getattr(session, name) for name in ("digest", "holder", "name", "role", "until_ms")}
        with self._transaction() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.until_ms <= wall_ms()))
            connection.execute(insert(SESSIONS), [{**row, "use_cases": _join(session.use_cases)}])

    def close_session(self, digest: str) -> None:
        """End a session in every process; an unknown one changes nothing.

        Args:
            digest: of the session's secret.
        """
        with self._transaction() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest))


def _tokens(connection: Connection, *where: Any) -> list[Token]:
    return [_token(row) for row in connection.execute(select(TOKENS).where(*where).order_by(TOKENS.c.number))]


def _token(row: Row[Any]) -> Token:
    return Token(**{**row._mapping, "use_cases": _split(row.use_cases)})


def _session(row: Row[Any]) -> Session:
    return Session(**{**row._mapping, "use_cases": _split(row.use_cases)})


def _join(use_cases: frozenset[str]) -> str:
    return ",".join(sorted(use_cases))


def _split(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))
