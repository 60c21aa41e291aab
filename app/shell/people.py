"""The people who look at pages: the holder of a token, and the session that a browser keeps instead of the token."""

from fastapi import Request, Response

from app.security.caller import Caller as Person
from app.security.requirement import Security
from app.security.sessions import SessionCookie
from script_shared.people import Role

__all__ = ["Person", "Role", "close_session", "form_key", "open_session", "person_of", "person_with"]
SESSION = SessionCookie("pauta_session", "/")


async def person_with(request: Request, token: str) -> Person | None:
    """The holder of a token or JWT, None for a wrong one.

    Args:
        request: its address is counted when the token is wrong.
        token: as the person typed it.

    Raises:
        HTTPException: 429, too many wrong tokens came from this address.
        UnavailableError: the token cannot be checked now.
    """
    return await Security.of(request).holder(request, token)


async def person_of(request: Request) -> Person | None:
    """The person of the session; None without a session, or after the session or its token has ended."""
    return await SESSION.caller(request)


async def open_session(request: Request, response: Response, person: Person) -> None:
    """Set the cookie of a session; it ends after a working day, with its token, or by a logout.

    Args:
        request: of the login.
        response: gets the cookie.
        person: the holder of a valid token.
    """
    await SESSION.open(request, response, person)


async def close_session(request: Request, response: Response) -> None:
    """Delete the session's cookie, and make every process refuse the session.

    Args:
        request: with the session's cookie, or without one.
        response: deletes the cookie.
    """
    await SESSION.close(request, response)


def form_key(request: Request) -> str:
    """The key that the forms of a session send: other sites cannot know it, because they cannot read the cookie."""
    return SESSION.form_key(request)
