"""A person in the stores: a user by id, or a visit without a user."""

from dataclasses import dataclass

from script_shared.events.entry import user_digest

_SESSION = "session "


def session_name(session: str) -> str:
    """What stores call a visit without a user, "" for no visit.

    Args:
        session: id of the visit; "" for none.

    >>> session_name("visit-7")
    'session visit-7'
    """
    return f"{_SESSION}{session}" if session else ""


@dataclass(frozen=True)
class Person:
    """A person in the event log.

    Attributes:
        name: a user's id, or ``session <id>`` for a visit.
    """

    name: str

    @property
    def session(self) -> str:
        """Id of the visit, "" for a user.

        >>> Person("session visit-7").session, Person("ana").session
        ('visit-7', '')
        """
        return self.name.removeprefix(_SESSION) if self.name.startswith(_SESSION) else ""

    @property
    def user(self) -> str:
        """The user's id, "" for a visit."""
        return "" if self.session else self.name

    @property
    def digest(self) -> str:
        """As an ERASE entry names the person."""
        return user_digest(self.name)
