"""Named tokens as stored: a hash, a role, and an expiry."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from script_shared.errors import InputError
from script_shared.people.roles import Role
from script_shared.times import iso

PREFIX = "pauta_"  # people and secret scanners recognise a token by it
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECRET_BYTES = 32
DAY_MS = 86_400_000
_LIFETIME = re.compile(r"([1-9][0-9]{0,4})d")


@dataclass(frozen=True)
class Token:
    """A named token without its secret.

    Attributes:
        number: counts the tokens of one database.
        name: of the person or program; a name has at most one active token.
        use_cases: the only use cases that it opens; empty for all.
        digest: SHA-256 of the secret, in hex.
        made_by: name of the token, or of the user of the command, that made it.
        made_ms, expires_ms, revoked_ms, used_ms: epoch milliseconds, UTC; None for never.
    """

    number: int
    name: str
    role: Role
    use_cases: frozenset[str]
    digest: str
    made_ms: int
    made_by: str
    expires_ms: int | None = None
    revoked_ms: int | None = None
    used_ms: int | None = None

    def state(self, now_ms: int) -> str:
        """``active``, ``revoked`` or ``expired``.

        Args:
            now_ms: epoch milliseconds, UTC.
        """
        if self.revoked_ms is not None:
            return "revoked"
        return "expired" if self.expires_ms is not None and self.expires_ms <= now_ms else "active"


@dataclass(frozen=True)
class Session:
    """A login in a browser.

    Attributes:
        digest: SHA-256 of the cookie's secret, in hex.
        holder: digest of the token that it was opened with, or the mark of a JWT's settings and key: it ends with them.
        name, role, use_cases: of the person.
        until_ms: when it expires, epoch milliseconds.
    """

    digest: str
    holder: str
    name: str
    role: Role
    use_cases: frozenset[str]
    until_ms: int


def facts_of(token: Token, now_ms: int) -> dict[str, Any]:
    """The facts of a token that people see, never its digest.

    Args:
        token: a stored token.
        now_ms: epoch milliseconds, UTC, by which it is valid, expired or revoked.

    Returns:
        ``name``, ``role``, ``use_cases``, ``state``, ``made_by``, and ``made_at``, ``expires_at``, ``revoked_at`` and
        ``used_at`` as ISO 8601 text or None.
    """
    times = {name: getattr(token, f"{name}_ms") for name in ("made", "expires", "revoked", "used")}
    return {
        "name": token.name,
        "role": token.role,
        "use_cases": sorted(token.use_cases),
        "state": token.state(now_ms),
        "made_by": token.made_by,
        **{f"{name}_at": None if time_ms is None else iso(time_ms) for name, time_ms in times.items()},
    }


def digest_of(secret: str) -> str:
    """The stored hash of a secret: it has 256 random bits, so nobody can guess it and a slow hash adds nothing.

    Args:
        secret: as a request sends it; any text is accepted.
    """
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_secret() -> str:
    """A secret that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(_SECRET_BYTES)


def check_name(name: str) -> str:
    """The name itself.

    Args:
        name: of a new token.

    Raises:
        InputError: the name is invalid.
    """
    if not NAME.fullmatch(name):
        raise InputError("the name is invalid.", fix="Use 1 to 64 letters, digits, '.', '_' and '-'.")
    return name


def check_use_cases(names: Iterable[str], hosted: Iterable[str]) -> frozenset[str]:
    """The use cases that a token opens.

    Args:
        names: that the new token is to open; none means all.
        hosted: names of the use cases of this instance.

    Raises:
        InputError: this instance does not host one of them.
    """
    found, known = frozenset(names), list(hosted)
    if unknown := sorted(found - set(known)):
        raise InputError(f"the use case {unknown[0]!r} is not hosted here.", fix=f"Use one of: {', '.join(known)}.")
    return found


def lifetime_ms(text: str) -> int:
    """Milliseconds of a number of days such as ``90d``.

    Args:
        text: days, such as ``90d``.

    Raises:
        InputError: it is not a number of days.

    >>> lifetime_ms("90d") // 86_400_000
    90
    """
    found = _LIFETIME.fullmatch(text)
    if found is None:
        raise InputError(f"{text!r} is not a number of days.", fix="Write it as 90d.")
    return int(found[1]) * DAY_MS
