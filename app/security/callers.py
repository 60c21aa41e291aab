"""Identifies the sender of a request; tokens and sessions from the database are at most half a second old."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.security.caller import Caller
from app.security.settings_tokens import settings_callers
from script_shared.clock import wall_ms
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.people import Session, digest_of
from script_shared.settings import Settings

if TYPE_CHECKING:
    from app.security.json_web_tokens import JsonWebTokens

SECONDS = 0.5  # before tokens and sessions are read again, so that a revocation takes effect within a second
PAUSE_SECONDS = 0.05  # between two reads for unknown tokens, which share a read: strangers send many
PATIENCE_SECONDS = 1.0  # how long a request with a known token waits for a slow read
MOST_STALE_SECONDS = 300.0  # how long named tokens open routes while the database is unreachable
USE_SECONDS = 60.0  # between two writes of the last use of tokens
MOST_LENGTH = 8_192  # characters of a token
log = logging.getLogger("pauta.security")


def bearer(header: str | None) -> str:
    """The token in an ``Authorization`` header, "" for none.

    >>> bearer("Bearer abc"), bearer("bearer  abc"), bearer("Basic abc"), bearer(None)
    ('abc', ' abc', '', '')
    """
    scheme, _, given = (header or "").partition(" ")
    return given if scheme.lower() == "bearer" and given.strip() and len(given) <= MOST_LENGTH else ""


class Callers:
    """The tokens of the settings, those of the database, sessions, and JWTs.

    Tokens of the settings, and JWTs, need no database. While it is unreachable, the tokens and sessions that this
    process knows stay open for five minutes; after that, and for unknown ones at once, a request gets a 503.

    Args:
        settings: name tokens, and the address of the keys of JWTs.
        events: the log whose database holds tokens and sessions.

    Raises:
        SettingsError: the settings of JWTs are incomplete or wrong.
    """

    def __init__(self, settings: Settings, events: EventLog) -> None:
        self._fixed = settings_callers(settings)
        self._table = events.tokens
        self._jwt = _json_web_tokens(settings)
        self._named: Mapping[str, Caller] = {}
        self._sessions: Mapping[str, Session] = {}
        self._reading: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._tried_at = self._read_at = self._written_at = float("-inf")
        self._error: UnavailableError | None = None
        self._used: dict[int, int] = {}

    @property
    def nobody(self) -> bool:
        """Whether no token exists that could open a route."""
        return not self._fixed and not self._named and self._jwt is None

    def is_chosen(self, caller: Caller) -> bool:
        """Whether a person chose the token, in the settings; others are random, or signed."""
        return caller.holder in self._fixed

    def present(self, token: str) -> Caller | None:
        """The holder of a token, as far as this process knows; for rate limits, not for access."""
        digest = digest_of(token)
        return self._fixed.get(digest) or self._named.get(digest) or (self._jwt.present(digest) if self._jwt else None)

    async def of(self, token: str) -> Caller | None:
        """The holder of a token or JWT; None for one that opens nothing.

        Raises:
            UnavailableError: it cannot be checked now.
        """
        if not token:
            await self._follow_if_possible()
            return None
        digest = digest_of(token)
        if found := self._fixed.get(digest):
            return found
        if self._jwt is not None and self._jwt.looks_like(token):
            return await self._jwt.caller(token)
        await self._follow(known=digest in self._named)
        found = self._named.get(digest)
        if found is None or found.is_over(wall_ms()):
            return None
        self._used[found.number] = wall_ms()
        return found

    async def of_session(self, secret: str) -> Caller | None:
        """The holder of a session, given the secret of its cookie; None after the session or its token has ended.

        Raises:
            UnavailableError: it cannot be checked now.
        """
        if not secret or len(secret) > MOST_LENGTH:
            return None
        await self._follow(known=digest_of(secret) in self._sessions)
        if self._jwt is not None and self._jwt.is_current(self._holder_of(secret)):
            await self._jwt.follow()
        return self.present_session(secret)

    def present_session(self, secret: str) -> Caller | None:
        """The holder of a session, as far as this process knows."""
        session = self._sessions.get(digest_of(secret))
        if session is None or session.until_ms <= wall_ms():
            return None
        holder = self._fixed.get(session.holder) or self._named.get(session.holder)
        if self._jwt is not None and self._jwt.accepts(session.holder):
            return Caller(session.name, session.role, session.use_cases, "", session.until_ms)
        return holder if holder is not None and not holder.is_over(wall_ms()) else None

    def _holder_of(self, secret: str) -> str:
        session = self._sessions.get(digest_of(secret))
        return session.holder if session is not None else ""

    async def refresh(self) -> None:
        """Read tokens and sessions again, after this process changed them; a failure does not undo the change."""
        self._tried_at = float("-inf")
        try:
            await self._follow(known=False)
        except UnavailableError as error:
            log.warning("changed tokens and sessions cannot be read yet: %s", error.log_text)

    async def _follow_if_possible(self) -> None:
        """For a request without a token: read whether a token exists that could open the route."""
        if self.nobody:
            try:
                await self._follow(known=True)
            except UnavailableError as error:
                log.warning("tokens cannot be read: %s", error.log_text)

    async def _follow(self, *, known: bool) -> None:
        """Read the database if that is due.

        Raises:
            UnavailableError: it is unreachable, and the last read is too old or lacks this token.
        """
        newest = time.monotonic() - (SECONDS if known else 0.0)  # another process may have just made an unknown token
        waits = not known or self._is_stale()
        deadline = float("inf") if waits else time.monotonic() + PATIENCE_SECONDS
        while self._tried_at < newest and (left := deadline - time.monotonic()) > 0:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read(0.0 if known else PAUSE_SECONDS))
            await asyncio.wait({self._reading}, timeout=None if waits else left)
            if self._reading.done():
                self._reading.result()
        if self._error is not None and (not known or self._is_stale()):
            raise self._error

    def _is_stale(self) -> bool:
        return time.monotonic() - self._read_at > MOST_STALE_SECONDS

    async def _read(self, pause: float) -> None:
        await asyncio.sleep(self._tried_at + pause - time.monotonic())
        started = time.monotonic()
        try:
            tokens, sessions = await asyncio.to_thread(self._table.current)
        except UnavailableError as error:
            self._error = error
        else:
            self._named = {token.digest: Caller.of(token) for token in tokens}
            self._sessions = {session.digest: session for session in sessions}
            self._read_at, self._error = started, None
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._write_uses())
        self._tried_at = time.monotonic() if self._error else started

    async def _write_uses(self) -> None:
        if not self._used or time.monotonic() - self._written_at < USE_SECONDS:
            return
        used, self._used, self._written_at = self._used, {}, time.monotonic()
        try:
            await asyncio.to_thread(self._table.note_use, used)
        except UnavailableError as error:
            log.warning("the last use of tokens cannot be written: %s", error.log_text)

    async def stop(self) -> None:
        """Write the last use of tokens."""
        self._written_at = float("-inf")
        await self._write_uses()


def _json_web_tokens(settings: Settings) -> "JsonWebTokens | None":
    """None where no JWTs are accepted; the libraries for them take 50 ms to import."""
    if not settings.jwt_jwks_url:
        return None
    from app.security.json_web_tokens import JsonWebTokens

    return JsonWebTokens.of(settings)
