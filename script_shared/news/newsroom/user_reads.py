"""What users read and were shown, as far as events tell: what the live state knows, and what is kept outside it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from script_shared.events import Entry, Kind
from script_shared.news.newsroom.noted_reads import NotedReads
from script_shared.news.state.reader_key import digest_key, reader_key
from script_shared.news.state.state import LiveState
from script_shared.news.state.visits import Visits, login_of, session_key


class UserReads:
    """The reads and impressions of users.

    Args:
        state: the live state; None where there is none, then everything is noted.
        visits: the users of visits.
        unproven_shown: so many impressions without proof count against a user.
    """

    def __init__(self, state: LiveState | None, visits: Visits, unproven_shown: int) -> None:
        self._state, self._visits = state, visits
        self._noted = NotedReads(visits, unproven_shown)
        self._recalled: set[int] = set()  # visits with a recalled login, and their users

    def read_by(self, user: str, session: str) -> set[str]:
        """Ids of the articles that a user read."""
        key, state = reader_key(user, session), self._state
        read = set(self._noted.read_by(key))
        if state is not None and (place := state.readers.find(key)) >= 0:
            ids = state.articles.ids
            read.update([ids[number] for number in state.readers.reads(place).tolist()])
        return read

    def latest_reads(self, user: str, session: str, count: int) -> list[str]:
        """Ids of the last articles a user read, oldest first; those long forgotten are left out."""
        state = self._state
        if state is None or (place := state.readers.find(reader_key(user, session))) < 0:
            return []
        ids = state.articles.ids
        return [ids[number] for number in reversed(state.readers.latest(place, count)) if ids[number]]

    def shown_to(self, user: str, session: str) -> Mapping[str, int]:
        """How often each article was shown to a user, by article id."""
        known = self._state.shown_to(user, session) if self._state is not None else {}
        since = self._noted.shown_to(reader_key(user, session))
        return Counter(since) + Counter(known) if since else known

    def lacks(self, user: str) -> bool:
        """Whether the live state knows nothing of a user."""
        return self._state is None or self._state.readers.find(reader_key(user, "")) < 0

    def lacks_login(self, user: str, session: str) -> bool:
        """Whether a visit that has no user yet read something, which a login now would make the user's."""
        if not user or not session or self._visits.user(visit := session_key(session)):
            return False
        in_state = self._state is not None and self._state.readers.find(visit) >= 0
        return in_state or bool(self._noted.read_by(visit))

    def recall(self, entries: Iterable[Entry], settled: Collection[int] = ()) -> None:
        """Note who read what of clicks, logins and erasures that a snapshot should hold, but does not.

        A training leaves out users who were erased once, and what ``refine`` rejects. What they read since still may
        not come back.

        Args:
            entries: in the log's order.
            settled: visits whose user the snapshot knows already.
        """
        for entry in entries:
            user, session = login_of(entry)
            if entry.kind == Kind.ERASE:
                self._end_visits(digest_key(str(entry.body["digest"])), settled)
            elif session and (visit := session_key(session)) not in settled:
                self._log_in(entry)
                self._recalled |= {visit, reader_key(user, "")}
            if entry.kind == Kind.CLICK:
                self._noted.click(entry)

    def recall_shown(self, shown: Iterable[tuple[str, str, int]]) -> None:
        """Note what was shown too often before the snapshot, which holds no impressions: user, article, count."""
        self._noted.shown_often(shown)

    def note(self, entry: Entry, *, login: bool, impression: bool) -> None:
        """Note what an entry says that the live state does not take.

        Args:
            login: whether the state does not follow logins.
            impression: whether an impression is noted; not one that the state took before it failed.
        """
        if entry.kind == Kind.ERASE:
            self._forget(str(entry.body["digest"]))
        elif login and all(login_of(entry)):
            self._log_in(entry)
        if entry.kind == Kind.CLICK:
            self._noted.click(entry)
        elif entry.kind == Kind.IMPRESSION and impression:
            self._noted.impression(entry)

    def note_erasure(self, digest: str) -> None:
        """Forget what is noted of a user; the live state forgets by itself as it folds."""
        self._noted.forget(digest)

    def follow_logins(self, entries: Sequence[Entry]) -> None:
        """Follow logins that the live state folded."""
        self._noted.follow_logins(entries)

    def has_noted(self, click: Entry) -> bool:
        """Whether the user of a click is noted with its article."""
        return self._noted.has_read(click)

    def as_json(self) -> dict[str, Any]:
        """What is saved besides the state, JSON-able."""
        return {"noted": self._noted.as_json(), "recalled": sorted(self._recalled)}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restore the saved values."""
        self._noted.restore(saved["noted"])
        self._recalled = set(saved["recalled"])

    def _log_in(self, entry: Entry) -> None:
        """Follow a login that the state does not fold."""
        user, session = login_of(entry)
        visit, key = session_key(session), reader_key(user, "")
        if self._visits.join(visit, key):
            self._noted.add_reads(key, self.read_by("", session))
            self._noted.give(visit, key)

    def _end_visits(self, key: int, settled: Collection[int]) -> None:
        """Forget the users of visits after a recalled erasure of a user or a visit."""
        if key in self._recalled:  # otherwise each erasure would search all visits
            self._visits.forget(key, keep=settled)

    def _forget(self, digest: str) -> None:
        """Forget a user although the state is not updated."""
        self._noted.forget(digest)
        self._visits.forget(digest_key(digest))
        if self._state is not None:
            self._state.forget_digest(digest)
