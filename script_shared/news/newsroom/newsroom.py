"""Everything one process knows from the event log: live state, editorial facts, the last hour, who is forgotten."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from scipy.sparse import csr_array

from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind, Quarantine
from script_shared.events.entry import user_digest
from script_shared.live_signs import MARK, LiveSigns
from script_shared.news.catalog.editorial import Editorial, Story
from script_shared.news.counting.last_hour import LastHour
from script_shared.news.newsroom.noted_reads import NotedReads
from script_shared.news.params import TrustParams
from script_shared.news.state.event import LiveEvent, live_event
from script_shared.news.state.reader_key import digest_key, reader_key
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import digest_of
from script_shared.news.state.visits import Visits, login_of, session_key
from script_shared.times import LATEST_MS

log = logging.getLogger("pauta.newsroom")
KEPT_HOURS = 168.0  # times the pace: an article posted with an older publication takes no place in the live state


class Newsroom:
    """Folds entries in the log's order; one thread folds and asks.

    Attributes:
        state: the live state; once folding failed (``failed``) it is not updated; reads and
            impressions go on to be noted.
        editorial: what editors posted.
        last_hour: clicks of the last hour by article.
        vectors: text vectors of posted articles, by id, one row each.
        quarantine: what is left out; unclean: some of it was folded before it was found bad, or left out and is not any
            more, so the newsroom is to be folded again.
        erased: digests of users that the release must not remember.
        recalled: numbers of clicks up to ``snapshot_seq`` that the release does not know; None where it does not say.
        visits: the users of visits.
        snapshot_seq: number of the last entry that the state began with; seq: of the last one folded.
        now_ms: the latest time in any entry, epoch milliseconds.
        renewals: of the event log when the newsroom began to read it, see ``EventLog.renewals``.
    """

    def __init__(self, state: LiveState | None, *, seq: int = 0) -> None:
        self.state = state
        self.failed = state is None
        self.editorial = Editorial()
        self.last_hour = LastHour()
        self.vectors: dict[str, csr_array] = {}
        self.quarantine, self.unclean = Quarantine(), False
        self.erased: set[str] = set()
        self.visits = state.visits if state is not None else Visits()
        trust = state.params.trust if state is not None else TrustParams()
        self._noted = NotedReads(self.visits, trust.unproven_shown)
        self.whole = True  # False for one that started without editorial data and erasures
        self.recalled: IntArray | None = None
        self._folded = seq  # number of the last entry that the state took
        self.seq = self.snapshot_seq = seq
        self.now_ms = state.now_ms if state is not None else 0
        self._longest_pause_ms: int | None = None
        self.signs: LiveSigns | None = None
        self.renewals = 0

    @property
    def pace(self) -> int:
        """How many times longer than their names say the live windows of this site are."""
        return self.state.params.pace if self.state is not None else 1

    def run_on(self, data_end_ms: int, longest_pause_ms: int, *, may_switch: bool = False) -> None:
        """Go by the time of historical data, which begins at its end and is moved on by events.

        Clicks and impressions that are marked as of the present, or come after a longer pause than that, were dated by
        the wall clock. They would make everything old, so only who read and saw what is kept of them.

        Args:
            may_switch: whether enough signs that the site is live end this, see ``script_shared.live_signs``.
        """
        self.signs = LiveSigns() if may_switch else None
        self.now_ms, self._longest_pause_ms = max(self.now_ms, data_end_ms), longest_pause_ms
        if self.state is not None:
            self.state.time.turns = False

    def remember(self, lasting: Sequence[Entry]) -> None:
        """Take over editorial data and erasures from the entries that a snapshot holds already."""
        for entry in lasting:
            if entry.kind == Kind.ARTICLE:
                self.editorial.apply(entry)
            elif entry.kind == Kind.ERASE:
                self.erased.add(str(entry.body["digest"]))
                if self.state is not None:
                    self.state.forget_digest(str(entry.body["digest"]), visits=False)

    def leave_out(self, quarantine: Quarantine) -> None:
        """Leave out what was found bad, from the first entry on."""
        self.quarantine = quarantine

    def go_without(self, other: "Newsroom | None") -> None:
        """Start without editorial data and erasures because the log is unreachable; copy those of another newsroom."""
        self.whole = False
        if other is not None:
            self.editorial.copy(other.editorial)
            self.erased |= other.erased
            self.quarantine = other.quarantine

    def lacks(self, user: str) -> bool:
        """Whether the live state knows nothing of a user."""
        return self.state is None or self.state.readers.find(reader_key(user, "")) < 0

    def recall(self, entries: Sequence[Entry], settled: Collection[int] = ()) -> None:
        """Note who read what of clicks and logins that a snapshot should hold, but does not.

        A training leaves out users who were erased once, and what ``refine`` rejects. What they read since still may
        not come back.

        Args:
            entries: in the log's order.
            settled: visits whose user the snapshot knows already.
        """
        for entry in entries:
            if self.quarantine.holds(entry):
                continue
            if all(login_of(entry)) and session_key(login_of(entry)[1]) not in settled:
                self._log_in(entry)
            if entry.kind == Kind.CLICK:
                self._noted.click(entry)

    def recall_shown(self, shown: Iterable[tuple[str, str, int]]) -> None:
        """Note what was shown too often before the snapshot, which holds no impressions: user, article, count."""
        self._noted.shown_often(shown)

    def apply(
        self, entries: Sequence[Entry], vectors: Mapping[int, csr_array] | None = None, *, after: int = 0
    ) -> bool:
        """Take over entries, in order; those numbered up to ``seq`` were taken before and are left out.

        Never raises: a state that cannot fold them is given up.

        Args:
            vectors: text vectors of ARTICLE entries, by number.
            after: number after which the entries were read. A newsroom that does not know everything up to there
                would miss what lies between, so it takes none of them.

        Returns:
            whether they follow what is known.
        """
        if self.seq < after:
            return False
        new = [entry for entry in entries if entry.seq > self.seq]
        if not new:
            return True
        mine: list[Entry] = []
        stories: list[Story | None] = []
        for entry in new:
            if self.quarantine.holds(entry):
                continue
            self._look_for_signs(entry)
            if self._by_another_clock(entry):
                self._note([entry])
                if not all(login_of(entry)):
                    continue
                entry = replace(entry, kind=Kind.LOGIN)
            mine.append(entry)
            stories.append(self._learn(entry, (vectors or {}).get(entry.seq)))
        self.seq = new[-1].seq
        try:
            if mine and not self.failed:
                self._fold(mine, stories)
        except Exception:  # whatever folding does, reads go on to count and lists to be answered
            log.exception("folding failed; the live state is no longer used")
            self.failed = True
        if self.failed:
            self._count_unfolded(mine)
            self._note(mine)
        else:
            self._noted.follow_logins(mine)
        return True

    def lacks_login(self, user: str, session: str) -> bool:
        """Whether a visit that has no user yet read something, which a login now would make the user's."""
        if not user or not session or self.visits.user(visit := session_key(session)):
            return False
        in_state = self.state is not None and self.state.readers.find(visit) >= 0
        return in_state or bool(self._noted.read_by(visit))

    def read_by(self, user: str, session: str) -> set[str]:
        """Ids of the articles that a user read, as far as events tell."""
        key = reader_key(user, session)
        read = set(self._noted.read_by(key))
        if self.state is not None and (place := self.state.readers.find(key)) >= 0:
            ids = self.state.articles.ids
            read.update([ids[number] for number in self.state.readers.reads(place).tolist()])
        return read

    def shown_to(self, user: str, session: str) -> Mapping[str, int]:
        """How often each article was shown to a user, by article id, as far as events tell."""
        known = self.state.shown_to(user, session) if self.state is not None else {}
        since = self._noted.shown_to(reader_key(user, session))
        return Counter(since) + Counter(known) if since else known

    def latest_reads(self, user: str, session: str, count: int) -> list[str]:
        """Ids of the last articles a user read, oldest first; those long forgotten are left out."""
        if self.state is None or (place := self.state.readers.find(reader_key(user, session))) < 0:
            return []
        ids = self.state.articles.ids
        return [ids[number] for number in reversed(self.state.readers.latest(place, count)) if ids[number]]

    def knows_reader(self, user: str) -> bool:
        """Whether what the release knows of a user may still be used."""
        return not self.erased or user_digest(user) not in self.erased

    def digest(self) -> str:
        """Equal for equal knowledge, whatever process folded it."""
        parts = [digest_of(self.state) if self.state else "", self.editorial.digest(), *sorted(self.erased)]
        return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    def _by_another_clock(self, entry: Entry) -> bool:
        if self._longest_pause_ms is None or entry.kind not in (Kind.CLICK, Kind.IMPRESSION):
            return False
        return MARK in entry.body or entry.time_ms > self.now_ms + self._longest_pause_ms

    def _look_for_signs(self, entry: Entry) -> None:
        """History becomes the present once the site is seen to be live."""
        if self.signs is None or MARK not in entry.body:
            return
        if self.signs.note(entry, reader_key(entry.user_id, str(entry.body.get("session", "")))):
            self._longest_pause_ms = None
            if self.state is not None:
                self.state.time.turns = True

    @property
    def live(self) -> bool:
        """Whether history has become the present."""
        return self.signs is not None and self.signs.live

    def _learn(self, entry: Entry, vector: csr_array | None) -> Story | None:
        """Take over what is kept besides the live state; of an ARTICLE entry the story as it is then."""
        if entry.kind == Kind.ARTICLE:
            if vector is not None:
                self.vectors[entry.article_id] = vector
            return self.editorial.apply(entry)
        if entry.kind == Kind.QUARANTINE:
            if entry.entry_id not in self.quarantine.known:
                self.quarantine, self.unclean = self.quarantine.after(entry), True
        elif entry.kind == Kind.ERASE:
            self.erased.add(str(entry.body["digest"]))
            if self.signs is not None:
                self.signs.forget(digest_key(str(entry.body["digest"])))
            self._noted.forget(str(entry.body["digest"]))
        elif entry.kind != Kind.LOGIN:
            self.now_ms = max(self.now_ms, entry.time_ms)
        return None

    def _fold(self, entries: Sequence[Entry], stories: Sequence[Story | None]) -> None:
        assert self.state is not None
        turned = self.state.time.turned
        events: dict[int, LiveEvent] = {}
        for entry, story in zip(entries, stories, strict=True):
            if (event := live_event(entry)) is not None:
                events[entry.seq] = event
                continue
            self._fold_events(events)
            events, self._folded = {}, entry.seq
            if story is not None:
                _publish(self.state, story, entry.time_ms)
            elif entry.kind == Kind.ERASE:
                self.state.forget_digest(str(entry.body["digest"]))
            elif entry.kind == Kind.LOGIN:
                self.state.log_in(*login_of(entry))
        self._fold_events(events)
        self._folded = entries[-1].seq
        self._follow_back(turned)

    def _follow_back(self, turned: int) -> None:
        """Time in the live state turned back: so it does in all that was counted beside it."""
        if self.state is not None and self.state.time.turned != turned:
            self.now_ms = self.state.now_ms
            self.last_hour.turn_back(self.now_ms)

    def _fold_events(self, events: Mapping[int, LiveEvent]) -> None:
        """Fold events given by number; where folding fails, what was folded before is known."""
        assert self.state is not None
        before, given = self.state.events, list(events.values())
        try:
            weights = self.state.fold(given)
        finally:
            if folded := self.state.events - before:
                self._folded = list(events)[folded - 1]
        for event, weight in zip(given, weights, strict=True):
            self.last_hour.add(event.article, event.time_ms, weight)

    def _count_unfolded(self, entries: Sequence[Entry]) -> None:
        """Without a live state to judge clicks, a user's first click on an article counts, and nobody's does not."""
        for entry in entries:
            if entry.kind != Kind.CLICK or entry.seq <= self._folded or self._noted.has_read(entry):
                continue
            if reader_key(entry.user_id, str(entry.body.get("session", ""))):
                self.last_hour.add(entry.article_id, entry.time_ms)

    def _note(self, entries: Sequence[Entry]) -> None:
        """Keep who read what and was shown what, where the live state does not."""
        for entry in entries:
            if entry.kind == Kind.ERASE:
                self._forget(str(entry.body["digest"]))
            elif self.failed and all(login_of(entry)):
                self._log_in(entry)
            if entry.kind == Kind.CLICK:
                self._noted.click(entry)
            elif entry.kind == Kind.IMPRESSION and entry.seq > self._folded:
                self._noted.impression(entry)

    def _log_in(self, entry: Entry) -> None:
        """Follow a login that the state does not fold."""
        user, session = login_of(entry)
        visit, key = session_key(session), reader_key(user, "")
        if self.visits.join(visit, key):
            self._noted.add_reads(key, self.read_by("", session))
            self._noted.give(visit, key)

    def _forget(self, digest: str) -> None:
        """Forget a user although the state is not updated."""
        self._noted.forget(digest)
        self.visits.forget(digest_key(digest))
        if self.state is not None:
            self.state.forget_digest(digest)


def _publish(state: LiveState, story: Story, posted_ms: int) -> None:
    """Give the article a place among those that are alive, unless it is too old for one."""
    issued_ms = min(story.posted_ms if story.issued_ms is None else story.issued_ms, LATEST_MS)
    if story.issued_ms is None and (row := state.article_row(story.article_id)) >= 0:
        issued_ms = min(issued_ms, int(state.articles.first_ms[row]))  # it was known before anybody posted it
    old = issued_ms < posted_ms - KEPT_HOURS * state.params.pace * HOUR_MS
    if not old or state.article_row(story.article_id) >= 0:
        state.publish_article(story.article_id, issued_ms, story.place[0])
