"""Which visits belong to a user: what a visit read before its login counts as read by the user from then on."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

import numpy as np

from script_shared.arrays import IntArray
from script_shared.events import Entry, Kind
from script_shared.events.entry import user_key
from script_shared.events.person import session_name
from script_shared.news.state.reader_key import reader_key

MOST_VISITS = 65_536  # about 10 MB; the visits whose login is longest ago are forgotten first


def login_of(entry: Entry) -> tuple[str, str]:
    """User and session where an entry shows a user in a visit, else two empty texts.

    Args:
        entry: of the log, of any kind.

    Returns:
        user and session, both set or both "".
    """
    session = str(entry.body.get("session") or "")
    logs_in = entry.kind in (Kind.CLICK, Kind.LOGIN) and entry.user_id and session
    return (entry.user_id, session) if logs_in else ("", "")


def session_key(session: str) -> int:
    """The key of a visit as long as it has no user; 0 for no visit.

    Args:
        session: id of the visit.

    Returns:
        0 to 2^64 - 1.
    """
    return user_key(session_name(session)) if session else 0


class Visits:
    """The user of each visit, by 64-bit keys; when another one logs in, the visit is that user's from then on."""

    def __init__(self, most: int = MOST_VISITS) -> None:
        self._most = most
        self._users: dict[int, int] = {}  # by visit, the one whose login is longest ago first

    def __len__(self) -> int:
        return len(self._users)

    def all(self) -> frozenset[int]:
        """The visits that have a user."""
        return frozenset(self._users)

    def user(self, visit: int) -> int:
        """The key of a visit's user, 0 for none.

        Args:
            visit: key of the visit, see ``session_key``.
        """
        return self._users.get(visit, 0)

    def keys(self, user: str, session: str) -> tuple[int, ...]:
        """For whom an event counts: the user; without one the visit's user, if there is one, then the visit.

        Args:
            user: id of the user, "" for none.
            session: id of the visit, "" for none.

        Returns:
            keys of ``reader_key``, one or two.
        """
        own = reader_key(user, session)
        return (own,) if user else self.keys_of(own)

    def keys_of(self, own: int) -> tuple[int, ...]:
        """The same for an event without a user, by the key of its visit, 0 for none."""
        if (owner := self._users.get(own, 0)) == 0:
            return (own,) if own else ()
        return owner, own

    def join(self, visit: int, user: int) -> bool:
        """Note that a user was seen in a visit; whether the visit had no user before.

        Args:
            visit: key of the visit.
            user: key of the user.
        """
        before = self._users.get(visit, 0)
        if user not in (before, visit):
            self._users.pop(visit, None)
            self._users[visit] = user
            if len(self._users) > self._most:
                for old in list(islice(self._users, self._most // 16 + 1)):
                    del self._users[old]
        return not before

    @contextmanager
    def without(self, visits: Iterable[int]) -> Iterator[None]:
        """Let visits have no user for a while; afterwards each has the user again that it had before.

        Args:
            visits: keys of visits; those that have no user are ignored.
        """
        before = {visit: self._users.pop(visit) for visit in visits if visit in self._users}
        try:
            yield
        finally:
            for visit, user in before.items():
                self.join(visit, user)

    def forget(self, key: int, *, keep: Collection[int] = ()) -> None:
        """Forget a visit, or all visits of a user.

        Args:
            key: of a visit or a user.
            keep: keys of visits that are not forgotten.
        """
        for visit in [visit for visit, user in self._users.items() if key in (visit, user) and visit not in keep]:
            del self._users[visit]

    def arrays(self) -> dict[str, IntArray]:
        """The arrays to save, by name."""
        visits, users = list(self._users), list(self._users.values())
        return {"visits": np.array(visits, np.uint64), "users": np.array(users, np.uint64)}

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Restore the saved values, from the end, as far as there is room.

        Args:
            arrays: ``visits`` and ``users``, uint64 (visits) each.
        """
        visits, users = (arrays[name][-self._most :].tolist() for name in ("visits", "users"))
        self._users = dict(zip(visits, users, strict=True))
