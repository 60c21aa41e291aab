"""How stores name a user: 64 bits of a one-way digest, of the user's id or, without one, of the visit."""

from script_shared.events.entry import user_key
from script_shared.events.person import session_name

_KEY_DIGITS = 16


def reader_key(user: str, session: str) -> int:
    """64 bits that identify the user, or the session if there is no user; 0 for neither.

    Args:
        user: pseudonymous user, "" for none.
        session: id of the visit, "" for none.

    Returns:
        0 to 2^64 - 1.

    >>> reader_key("ana", "visit-1") == reader_key("ana", "visit-2"), reader_key("", "")
    (True, 0)
    """
    name = user or session_name(session)
    return user_key(name) if name else 0


def reader_name(user: str, session: str) -> str:
    """The user's id, or a name of the session where there is none; "" for neither.

    Args:
        user: id of the user, "" for none.
        session: id of the visit, "" for none.
    """
    return user or session_name(session)


def digest_key(digest: str) -> int:
    """The key of a user given by :func:`script_shared.events.entry.user_digest`.

    Args:
        digest: hex characters.

    Returns:
        0 to 2^64 - 1, equal to ``reader_key`` of that user.
    """
    return int(digest[:_KEY_DIGITS], 16)
