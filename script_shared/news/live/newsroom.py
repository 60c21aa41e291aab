"""Everything one process knows from the event log: live state, editorial facts, the last hour, who is forgotten."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from scipy.sparse import csr_array

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest
from script_shared.news.live.editorial import Editorial
from script_shared.news.live.event import LiveEvent, live_event
from script_shared.news.live.last_hour import LastHour
from script_shared.news.live.readers import digest_key, reader_key
from script_shared.news.live.state import LiveState

KEPT_HOURS = 168.0  # an article posted with an older publication takes no place in the live state


class Newsroom:
    """Folds entries in the log's order; one thread folds and asks.

    Attributes:
        state: the live state; once folding failed (``failed``) it stands still, and only reads go on to be noted.
        editorial: what editors posted.
        last_hour: clicks of the last hour by article.
        vectors: text vectors of posted articles, by id, one row each.
        erased: digests of readers that the release must not remember.
        seq: number of the last entry folded; now_ms: the latest time in any entry, epoch milliseconds.
    """

    def __init__(self, state: LiveState | None, *, seq: int = 0) -> None:
        self.state = state
        self.failed = state is None
        self.editorial = Editorial()
        self.last_hour = LastHour()
        self._under_way: list[LiveEvent] = []
        self.vectors: dict[str, csr_array] = {}
        self.erased: set[str] = set()
        self._read_since: dict[int, set[str]] = {}  # by reader, once the state no longer takes them
        self.seq = seq
        self.now_ms = state.now_ms if state is not None else 0

    def remember(self, lasting: Sequence[Entry]) -> None:
        """Take over what lasts of the entries that a snapshot holds already: editorial facts and erasures."""
        for entry in lasting:
            if entry.kind == Kind.ARTICLE:
                self.editorial.apply(entry)
            elif entry.kind == Kind.ERASE:
                self._erase(entry)

    def apply(self, entries: Sequence[Entry], vectors: Mapping[int, csr_array] | None = None) -> None:
        """Fold entries, in order; those numbered up to ``seq`` have been folded before and are left out.

        Args:
            vectors: text vectors of ARTICLE entries, by number.
        """
        events: list[LiveEvent] = []
        for entry in entries:
            if entry.seq <= self.seq:
                continue
            self.seq = entry.seq
            if entry.kind in (Kind.CLICK, Kind.IMPRESSION):
                self._note(entry, events)
                continue
            events = self._fold(events)
            if entry.kind == Kind.ARTICLE:
                self._publish(entry, (vectors or {}).get(entry.seq))
            elif entry.kind == Kind.ERASE:
                self._erase(entry)
        self._fold(events)

    def give_up(self) -> None:
        """Stop folding into a state that failed to fold; what it was given last counts as read all the same."""
        self.failed = True
        for event in self._under_way:
            self._note_read(event)
        self._under_way = []

    def read_by(self, user: str, session: str) -> set[str]:
        """Ids of the articles that a reader read, as far as events tell."""
        key = reader_key(user, session)
        read = set(self._read_since.get(key, ()))
        if self.state is not None and (place := self.state.readers.find(key)) >= 0:
            ids = self.state.articles.ids
            read.update([ids[number] for number in self.state.readers.reads(place).tolist()])
        return read

    def latest_reads(self, user: str, session: str, count: int) -> list[str]:
        """Ids of the last articles a reader read, oldest first; those long forgotten are left out."""
        if self.state is None or (place := self.state.readers.find(reader_key(user, session))) < 0:
            return []
        ids = self.state.articles.ids
        return [ids[number] for number in reversed(self.state.readers.latest(place, count)) if ids[number]]

    def knows_reader(self, user: str) -> bool:
        """Whether what the release knows of a reader may still be used."""
        return not self.erased or user_digest(user) not in self.erased

    def digest(self) -> str:
        """Equal for equal knowledge, whatever process folded it."""
        parts = [self.state.digest() if self.state else "", self.editorial.digest(), *sorted(self.erased)]
        return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    def _note(self, entry: Entry, events: list[LiveEvent]) -> None:
        self.now_ms = max(self.now_ms, entry.time_ms)
        if entry.kind == Kind.CLICK:
            self.last_hour.add(entry.article_id, entry.time_ms)
        if (event := live_event(entry)) is not None:
            events.append(event)

    def _fold(self, events: list[LiveEvent]) -> list[LiveEvent]:
        if self.state is not None and not self.failed:
            self._under_way = events
            self.state.fold(events)
            self._under_way = []
        elif self.failed:
            for event in events:
                self._note_read(event)
        return []

    def _note_read(self, event: LiveEvent) -> None:
        if event.kind == Kind.CLICK and (key := reader_key(event.user, event.session)):
            self._read_since.setdefault(key, set()).add(event.article)

    def _publish(self, entry: Entry, vector: csr_array | None) -> None:
        story = self.editorial.apply(entry)
        if vector is not None:
            self.vectors[entry.article_id] = vector
        issued_ms = story.issued_ms if story.issued_ms is not None else story.posted_ms
        old = issued_ms < entry.time_ms - KEPT_HOURS * HOUR_MS
        if self.state is not None and not self.failed and (not old or self.state.article_row(entry.article_id) >= 0):
            self.state.publish_article(entry.article_id, issued_ms, story.section or "")

    def _erase(self, entry: Entry) -> None:
        digest = str(entry.body["digest"])
        self.erased.add(digest)
        self._read_since.pop(digest_key(digest), None)
        if self.state is not None:
            self.state.forget_digest(digest)
