"""Who looks at the pages: the holder of a token, and the session that a browser keeps instead of it."""

from fastapi import Request, Response

from app.security.caller import Caller as Person
from app.security.requirement import Security
from app.security.sessions import SessionCookie
from script_shared.people import Role

__all__ = ["Person", "Role", "close_session", "form_key", "open_session", "person_of", "person_with"]
SESSION = SessionCookie("pauta_session", "/")


async def person_with(request: Request, token: str) -> Person | None:
    """The holder of a token or JWT, None for a wrong one.

    Raises:
        HTTPException: 429, too many wrong tokens came from this address.
        UnavailableError: it cannot be judged now.
    """
    security = Security.of(request)
    found = await security.callers.of(token)
    if found is None:
        security.wrong.note(request)
    return found


async def person_of(request: Request) -> Person | None:
    """The person of the session; None without a session, after its end, or after that of its token."""
    return await SESSION.caller(request)


async def open_session(request: Request, response: Response, person: Person) -> None:
    """Have the browser keep a session; it ends after a working day, with its token, or by a logout."""
    await SESSION.open(request, response, person)


async def close_session(request: Request, response: Response) -> None:
    """Have the browser forget the session, and every process refuse it."""
    await SESSION.close(request, response)


def form_key(request: Request) -> str:
    """What the forms of a session send back: other sites cannot know it, because they cannot read the cookie."""
    return SESSION.form_key(request)
