"""Sessions of pages: a cookie that only the holder of a token can have, and that no other site can use.

The cookie holds a secret; the database holds its hash, so that a logout or a revoked token ends it in every process.
"""

import asyncio
import hmac
import logging
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request, Response

from app.security.caller import Caller
from app.security.requirement import Security
from script_shared.clock import wall_ms
from script_shared.errors import UnavailableError
from script_shared.people import Session, digest_of
from script_shared.people.tokens import new_secret

SECONDS = 8 * 3600  # a working day
log = logging.getLogger("pauta.security")


@dataclass(frozen=True)
class SessionCookie:
    """The cookie of some pages.

    Attributes:
        name: of the cookie.
        path: of the first page; the browser sends the cookie to this page and those below it.
    """

    name: str
    path: str

    def home(self, request: Request) -> str:
        """The address of the first page, with the prefix of a proxy."""
        return f"{request.scope.get('root_path', '')}{self.path}"

    async def open(self, request: Request, response: Response, caller: Caller) -> None:
        """Set the cookie of a session; it ends after a working day, with the token or JWT, or when it is closed.

        The session of a JWT also ends when the settings of the single sign-on change, or the issuer withdraws its key.

        Raises:
            UnavailableError: it cannot be stored.
        """
        secret, now_ms = new_secret(), wall_ms()
        until_ms = min(now_ms + SECONDS * 1000, caller.until_ms or now_ms + SECONDS * 1000)
        holder = caller.holder or caller.signer
        session = Session(digest_of(secret), holder, caller.name, caller.role, caller.use_cases, until_ms)
        await asyncio.to_thread(request.app.state.service.log.tokens.open_session, session)
        await Security.of(request).callers.refresh()
        response.set_cookie(
            self.name,
            secret,
            max_age=(until_ms - now_ms) // 1000,
            path=self.home(request),
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    async def close(self, request: Request, response: Response) -> None:
        """Delete the session's cookie, and make every process refuse the session.

        Raises:
            UnavailableError: it cannot be ended in other processes.
        """
        if secret := request.cookies.get(self.name, ""):
            await asyncio.to_thread(request.app.state.service.log.tokens.close_session, digest_of(secret))
            await Security.of(request).callers.refresh()
        response.delete_cookie(self.name, path=self.home(request), httponly=True, samesite="strict")

    def form_key(self, request: Request) -> str:
        """The key that the forms of a session send; other sites cannot know it. "" without a session."""
        secret = request.cookies.get(self.name, "")
        return hmac.new(secret.encode(), b"forms of this session", sha256).hexdigest() if secret else ""

    async def caller(self, request: Request) -> Caller | None:
        """The holder of the session of a request; None without one, and while it cannot be checked."""
        try:
            found = await Security.of(request).callers.of_session(request.cookies.get(self.name, ""))
        except UnavailableError as error:
            log.warning("a session cannot be checked: %s", error.log_text)
            return None
        request.state.caller = found
        return found
