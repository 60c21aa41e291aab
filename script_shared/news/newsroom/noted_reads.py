"""Who read what and was shown what, where the live state does not take it: recalled, of another clock, or it failed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from script_shared.events import Entry, Kind
from script_shared.news.state.reader_key import digest_key, reader_key
from script_shared.news.state.trust import PROVEN
from script_shared.news.state.visits import Visits, login_of, session_key

NOTHING: Counter[str] = Counter()


class NotedReads:
    """Articles read and shown, by the 64-bit key of the user.

    Args:
        visits: the users of visits, as the live state knows them.
        unproven_shown: so many impressions without proof count against a user.
    """

    def __init__(self, visits: Visits, unproven_shown: int) -> None:
        self._visits, self._most_unproven = visits, unproven_shown
        self._read: dict[int, set[str]] = {}
        self._shown: dict[int, Counter[str]] = {}

    def click(self, entry: Entry) -> None:
        """Note a click of the user, and of the visit where it is a user's."""
        for key in self._keys(entry):
            self._read.setdefault(key, set()).add(entry.article_id)

    def impression(self, entry: Entry) -> None:
        """Note an impression likewise; those without proof up to a bound."""
        for key in self._keys(entry):
            shown = self._shown.setdefault(key, Counter())
            if entry.body.get("proof") in PROVEN or shown[entry.article_id] < self._most_unproven:
                shown[entry.article_id] += 1

    def shown_often(self, shown: Iterable[tuple[str, str, int]]) -> None:
        """Note user, article and count."""
        for user, article, count in shown:
            self._shown.setdefault(reader_key(user, ""), Counter())[article] += count

    def read_by(self, key: int) -> set[str]:
        """Ids of the articles a user read."""
        return self._read.get(key, set())

    def shown_to(self, key: int) -> Mapping[str, int]:
        """How often each article was shown to a user."""
        return self._shown.get(key, NOTHING)

    def has_read(self, entry: Entry) -> bool:
        """Whether the user of a click is noted with its article."""
        return any(entry.article_id in self._read.get(key, ()) for key in self._keys(entry)[:1])

    def add_reads(self, key: int, articles: Iterable[str]) -> None:
        """Note what a user read."""
        self._read.setdefault(key, set()).update(articles)

    def follow_logins(self, entries: Sequence[Entry]) -> None:
        """Give users what is noted of the visits in which they were seen."""
        for entry in entries if self._read or self._shown else ():
            user, session = login_of(entry)
            if session:
                self.give(session_key(session), reader_key(user, ""))

    def give(self, visit: int, user: int) -> None:
        """What is noted of a visit is noted of a user too."""
        if visit in self._read:
            self.add_reads(user, self._read[visit])
        if visit in self._shown:
            self._shown.setdefault(user, Counter()).update(self._shown[visit])

    def forget(self, digest: str) -> None:
        """Forget a user given by :func:`script_shared.events.entry.user_digest`."""
        self._read.pop(digest_key(digest), None)
        self._shown.pop(digest_key(digest), None)

    def as_json(self) -> dict[str, list[Any]]:
        """What is saved, JSON-able."""
        shown = [[key, list(counts.items())] for key, counts in self._shown.items()]
        return {"read": [[key, sorted(articles)] for key, articles in self._read.items()], "shown": shown}

    def restore(self, saved: Mapping[str, list[Any]]) -> None:
        """Restore the saved values."""
        self._read = {int(key): set(articles) for key, articles in saved["read"]}
        self._shown = {int(key): Counter(dict(counts)) for key, counts in saved["shown"]}

    def _keys(self, entry: Entry) -> tuple[int, ...]:
        assert entry.kind in (Kind.CLICK, Kind.IMPRESSION)
        return self._visits.keys(entry.user_id, str(entry.body.get("session") or ""))
