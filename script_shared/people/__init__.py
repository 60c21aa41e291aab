"""People and programs with a token: their roles, and the tokens themselves."""

from script_shared.people.roles import ROLES, Role, covers, role_named
from script_shared.people.tokens import Session, Token, digest_of

__all__ = ["ROLES", "Role", "Session", "Token", "covers", "digest_of", "role_named"]
