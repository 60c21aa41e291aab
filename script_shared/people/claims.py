"""The role that a value of a JWT's claim gives, according to ``PAUTA_JWT_ROLES``."""

from collections.abc import Iterable
from typing import NamedTuple

from script_shared.errors import InputError
from script_shared.people.roles import ROLES, Role, role_named


class Grant(NamedTuple):
    """A role for the named use cases, or for all if none is named."""

    role: Role
    use_cases: frozenset[str] = frozenset()


def grants(text: str) -> dict[str, Grant]:
    """The grant of each value of the claim; without a text, the values are the names of the roles.

    Args:
        text: such as ``newsroom-chief=admin, teachers=viewer:students``; a value may itself contain ``=``.

    Returns:
        what each value of the claim permits; a value that is there twice has the higher role, for the use cases of
        both.

    Raises:
        ValueError: a part is not ``value=role`` or ``value=role:use case``.

    >>> grants("newsroom-chief=admin, teachers=viewer:students")["teachers"].role
    'viewer'
    >>> sorted(grants(""))
    ['admin', 'editor', 'operator', 'viewer']
    """
    found: dict[str, Grant] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        value, _, given = (word.strip() for word in part.rpartition("="))
        role, _, use_case = given.partition(":")
        try:
            grant = Grant(role_named(role), frozenset({use_case} if use_case else ()))
        except InputError:
            grant = None
        if not value or grant is None:
            raise ValueError(f"{part!r} must be value=role or value=role:use case, with a role of {', '.join(ROLES)}")
        found[value] = _both(found[value], grant) if value in found else grant
    return found or {role: Grant(role) for role in ROLES}


def highest(found: Iterable[Grant]) -> Grant | None:
    """The grant of several values together: the highest role, for all its use cases; None without values.

    Args:
        found: grants of one person.
    """
    best: Grant | None = None
    for grant in found:
        best = grant if best is None else _both(best, grant)
    return best


def _both(one: Grant, other: Grant) -> Grant:
    if one.role != other.role:
        return max(one, other, key=lambda grant: ROLES.index(grant.role))
    everywhere = not one.use_cases or not other.use_cases
    return Grant(one.role, frozenset() if everywhere else one.use_cases | other.use_cases)
