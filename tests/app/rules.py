"""What may be shown to a reader, in plain words: the rules that every path is held to."""

from dataclasses import dataclass, field
from typing import Any

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.news.catalog.availability import mark
from script_shared.news.model import NewsModel
from script_shared.news.ranking.query import Query
from tests.app.releases_made import NOW_MS, READS, SECTIONS, issued_ms

MAX_AGE_MS = 168 * HOUR_MS


def name(user: str, session: str) -> str:
    """Who reads: the user, else the session, else nobody who could be recognised."""
    return user or (f"session {session}" if session else "")


@dataclass
class ExpectedFacts:
    """What a case tells the newsroom, and what must follow from it."""

    read: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[tuple[str, str], int] = field(default_factory=dict)
    stories: dict[str, dict[str, Any]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)  # by visit

    def log_in(self, user: str, session: str) -> None:
        """What the visit read is the first user's; what it does without a user later is the last one's too."""
        visit = name("", session)
        if visit not in self.users:
            self.read.setdefault(user, set()).update(self.read.get(visit, ()))
            for (who, page), count in list(self.shown.items()):
                if who == visit:
                    self.shown[user, page] = self.shown.get((user, page), 0) + count
        self.users[visit] = user

    def see(self, user: str, session: str) -> None:
        """A request or an impression names a user in a visit: what the visit read without one is the user's too."""
        visit = name("", session)
        if user and session and visit not in self.users and self.read.get(visit):
            self.log_in(user, session)

    def take(self, entry: Entry) -> None:
        reader, session = name(entry.user_id, entry.body.get("session", "")), entry.body.get("session", "")
        if entry.kind == Kind.CLICK and entry.user_id and session:
            self.log_in(entry.user_id, session)
        elif entry.kind == Kind.IMPRESSION:
            self.see(entry.user_id, session)
        self.count(entry, reader)
        if reader in self.users and entry.kind != Kind.ARTICLE:
            self.count(entry, self.users[reader])

    def count(self, entry: Entry, reader: str) -> None:
        if entry.kind == Kind.ARTICLE:
            self.stories.setdefault(entry.article_id, {"posted_ms": entry.time_ms}).update(entry.body)
        elif not reader:
            pass
        elif entry.kind == Kind.CLICK:
            self.read.setdefault(reader, set()).add(entry.article_id)
        elif entry.kind == Kind.IMPRESSION:
            self.shown[reader, entry.article_id] = self.shown.get((reader, entry.article_id), 0) + 1

    def may_be_shown(self, page: str, query: Query, model: NewsModel | None) -> bool:
        """The rules, one after the other, in plain words."""
        story, row = self.stories.get(page), model.catalog.ids.row(page) if model else -1
        if story is None and row < 0:
            return False
        story = story or {}
        if story.get("hidden") or story.get("taken_down"):
            return False
        if story.get("embargo_ms", NOW_MS) > NOW_MS or story.get("expires_ms", NOW_MS + 1) <= NOW_MS:
            return False
        issued = story.get("issued_ms", int(issued_ms()[row]) if row >= 0 else story.get("posted_ms"))
        if not 0 <= NOW_MS - issued <= min(MAX_AGE_MS, (query.max_age_hours or 1e9) * HOUR_MS):
            return False
        section = story.get("section", SECTIONS[row % 3] if row >= 0 else "")
        if query.section and section != query.section:
            return False
        known = {f"a{number}" for number in READS.get(query.user, ())} if model else set()
        reader = name(query.user, query.session)
        visit = self.read.get(name("", query.session), set())
        read = self.read.get(reader, set()) | visit | known | set(query.history)
        return page not in read | {*query.exclude, query.context_item} and mark(page) not in query.pages

    def shown_too_often(self, query: Query, most: int) -> set[str]:
        """Pages shown to the reader so often that they may not come again."""
        reader = name(query.user, query.session)
        return {page for (who, page), count in self.shown.items() if who == reader and count >= most}
