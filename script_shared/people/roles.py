"""Roles, each with all rights of the one before it: viewer, editor, operator, admin."""

from typing import Literal

from script_shared.errors import InputError

Role = Literal["viewer", "editor", "operator", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "editor", "operator", "admin")


def covers(role: Role, needed: Role) -> bool:
    """Whether a role has the rights of another one.

    Args:
        role: the role that somebody has.
        needed: the role that a route requires.

    >>> covers("operator", "editor"), covers("viewer", "editor")
    (True, False)
    """
    return ROLES.index(role) >= ROLES.index(needed)


def role_named(text: str) -> Role:
    """The role of that name.

    Raises:
        InputError: there is no such role.
    """
    if text not in ROLES:
        raise InputError(f"{text!r} is not a role.", fix=f"Use one of: {', '.join(ROLES)}.")
    return text
