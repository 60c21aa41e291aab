"""The sender of a request, and what that person or program may do."""

from collections.abc import Iterable
from dataclasses import dataclass

from script_shared.people import ROLES, Role, Token, covers


@dataclass(frozen=True)
class Caller:
    """The sender of a request with a valid token, JWT or session.

    Attributes:
        name: of the token; ``admin`` for the token of ``PAUTA_ADMIN_TOKEN``, ``jwt:`` and the subject for a JWT.
        use_cases: the only use cases that are open to it; empty for all.
        holder: digest of its token, "" for a JWT.
        until_ms: when its access expires, epoch milliseconds; None for never.
        number: of its token in the database, 0 for others.
        signer: of a JWT, the mark of the settings and of the key with which it was checked; "" for a token.
    """

    name: str
    role: Role
    use_cases: frozenset[str] = frozenset()
    holder: str = ""
    until_ms: int | None = None
    number: int = 0
    signer: str = ""

    @classmethod
    def of(cls, token: Token) -> "Caller":
        """The holder of a token of the database."""
        return cls(token.name, token.role, token.use_cases, token.digest, token.expires_ms, token.number)

    def may(self, role: Role, use_case: str | None) -> bool:
        """Whether a route of this role is open.

        Args:
            use_case: that the route belongs to, None for a route of the service.
        """
        return covers(self.role, role) and (not self.use_cases or use_case in self.use_cases)

    def is_over(self, now_ms: int) -> bool:
        """Whether its access has expired."""
        return self.until_ms is not None and self.until_ms <= now_ms


def merge_callers(callers: Iterable[Caller]) -> dict[str, Caller]:
    """Callers by the digest of their token; a token that is set twice opens everything that either opens."""
    found: dict[str, Caller] = {}
    for caller in callers:
        other = found.get(caller.holder)
        found[caller.holder] = caller if other is None else _both(other, caller)
    return found


def _both(one: Caller, other: Caller) -> Caller:
    if one.role != other.role:
        return max(one, other, key=lambda caller: ROLES.index(caller.role))
    all_open = not one.use_cases or not other.use_cases
    return Caller(one.name, one.role, frozenset() if all_open else one.use_cases | other.use_cases, one.holder)
