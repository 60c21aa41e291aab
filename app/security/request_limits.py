"""Answers 429 with ``Retry-After`` to a token, or to an address without one, that sends too many requests."""

import math
from collections import OrderedDict
from http import HTTPStatus

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.errors import problem
from app.security.caller import Caller
from app.security.callers import Callers, bearer
from app.security.rates import Rates, network_of
from script_shared.people import digest_of
from script_shared.settings import Settings

FREE = ("/health", "/ready", "/metrics")  # monitors poll these
MINUTE_SECONDS = 60.0
MOST_PROVEN = 10_000  # addresses and secrets that are remembered


def address_of(scope: Scope) -> str:
    """The address of the sender, as a trusted proxy reports it."""
    return network_of(scope["client"][0] if scope.get("client") else "")


class WrongTokens:
    """Limits wrong tokens and signatures by address, so that nobody finds a secret by trying.

    While an address has sent too many, its right guesses are refused, too. Two kinds of senders at that address still
    pass: those whose secret nobody can guess because the service made it, and those whose secret was right before.
    """

    def __init__(self, settings: Settings) -> None:
        self._rates = Rates(settings.wrong_tokens_per_minute / MINUTE_SECONDS, settings.wrong_tokens_per_minute)
        self._proven: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, request: Request) -> None:
        """Count a wrong secret.

        Raises:
            HTTPException: 429, the address has sent too many.
        """
        _refuse_above(self._rates.take(address_of(request.scope)))

    def admit(self, request: Request, digest: str) -> None:
        """Admit a right secret that a person may have chosen.

        Args:
            digest: of the secret.

        Raises:
            HTTPException: 429, the address has sent too many wrong ones, and never this one before.
        """
        place = (address_of(request.scope), digest)
        if not self.is_proven(*place):
            _refuse_above(self._rates.wait(place[0]))
        self._proven[place] = None
        self._proven.move_to_end(place)
        if len(self._proven) > MOST_PROVEN:
            self._proven.popitem(last=False)

    def is_proven(self, address: str, digest: str) -> bool:
        """Whether this address sent this secret before, when it was admitted."""
        return (address, digest) in self._proven


def _refuse_above(wait: float) -> None:
    if wait:
        detail = f"This address has sent too many wrong tokens or signatures. {_again(wait)}"
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, detail, headers=_headers(wait))


class RequestLimits:
    """Middleware: counts a request against its token or session if that is known to be valid, else its address.

    Args:
        cookie: name of the cookie of sessions, "" for none.
        wrong: knows which tokens that people chose came from an address before; others count against the address, so
            that no limit tells a right guess from a wrong one.
    """

    def __init__(
        self, app: ASGIApp, callers: Callers, settings: Settings, cookie: str = "", wrong: WrongTokens | None = None
    ) -> None:
        self.app, self._callers, self._cookie, self._wrong = app, callers, cookie, wrong
        self._tokens, self._addresses = Rates(settings.rate_per_token), Rates(settings.rate_per_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _path(scope) not in FREE and (wait := self._wait(scope)):
            answer = problem(
                Request(scope),
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Too many requests. {_again(wait)}",
                headers=_headers(wait),
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        caller = self._callers.present(bearer(header.decode("latin-1")))
        if caller is not None and not self._may_be_guess(scope, caller):
            return self._tokens.take(caller.holder or caller.name)
        secret = Request(scope).cookies.get(self._cookie, "") if self._cookie else ""
        if secret and self._callers.present_session(secret) is not None:
            return self._tokens.take(digest_of(secret))
        return self._addresses.take(address_of(scope))

    def _may_be_guess(self, scope: Scope, caller: Caller) -> bool:
        if self._wrong is None or not self._callers.is_chosen(caller):
            return False
        return not self._wrong.is_proven(address_of(scope), caller.holder)


def _path(scope: Scope) -> str:
    """The path without the prefix of a proxy."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _headers(wait: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(wait)))}


def _again(wait: float) -> str:
    return f"Try again in {max(1, math.ceil(wait))} s."
