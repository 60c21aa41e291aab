"""The live state: everything that is folded from events in memory."""

from array import array
from collections.abc import Sequence
from pathlib import Path

from script_shared.events import Kind
from script_shared.events.entry import user_digest
from script_shared.names import section_key
from script_shared.news.counting import windows
from script_shared.news.counting.counts import DecayedCounts
from script_shared.news.counting.decay import Decay
from script_shared.news.counting.impressions import MOST_SHOWN, ImpressionCounts
from script_shared.news.counting.pair_counts import PairStore
from script_shared.news.params import LiveParams
from script_shared.news.state import state_io
from script_shared.news.state.articles import Articles
from script_shared.news.state.audiences import REGIONS, SIZE, Audiences, Visit
from script_shared.news.state.click_weight import weigh_click
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.eviction import evict
from script_shared.news.state.pairing import pair
from script_shared.news.state.reader_clusters import MOST_CLUSTERS, ReaderClusters
from script_shared.news.state.reader_history import ReaderHistories, digest_key, reader_key
from script_shared.news.state.state_queries import StateQueries
from script_shared.news.state.taste import learn_taste
from script_shared.news.state.trust import BELIEVED, PROVEN, Everybody, Sources
from script_shared.news.state.visits import Visits, join, log_in, session_key

BEHIND_MS = 600_000  # an event that is dated now and lies further back shows that the clock was ahead,
TURNS = 20  # or is behind now: after so many of them in a row, time turns back
_SHORT, _LONG, _DAY = (windows.OVERALL.index(name) for name in ("10m", "1h", "24h"))
FORGOTTEN = 2  # numbers used per article remembered, at which numbers are assigned again


class LiveState(StateQueries):
    """Counts, pairs, users and articles, folded event by event in the log's order.

    The same events in the same order give the same state, however they are batched; nothing reads the wall clock.
    One thread folds; others may read meanwhile.

    Attributes:
        now_ms: time of the latest event, 0 before the first; it turns back when a clock that was ahead is corrected.
        behind: events in a row that were dated now and lay far behind the latest one.
        turns: whether time may turn back; not on the time of historical data. turned: how often it did.
        first_ms: time of the first event, 0 before it.
        events: how many were folded.
        overall: clicks by window; groups: clicks by window and group of users; shown_counts: impressions.
        trends: clicks by window and by the user's region (the first ``REGIONS`` groups) or cluster (the others).
        together: what is read in one visit; following: what is read next; onward: anywhere after in the visit;
            later: what is read in a later visit.
        visits: the users of visits; what a visit read before its login is the user's.
        sources: clicks by who sent them, by which it is judged how much a click counts.
    """

    def __init__(self, params: LiveParams) -> None:
        self.params = params
        self.now_ms = self.first_ms = self.events = self.behind = 0
        self.turns, self.turned = True, 0
        self._pair_ms = 1000 * params.trust.pair_seconds
        self.decay = Decay([params.pace * hours for hours in windows.HALF_LIVES_HOURS.values()])
        rows = params.articles
        self.articles = Articles(rows)
        self.readers = ReaderHistories(params.readers, params.reads_per_reader)
        self.group_names = Audiences(params.trust.label_users)
        self.sources = Sources(params.trust, self.decay)
        self.clusters = ReaderClusters()
        self.shown = ImpressionCounts(params.shown_readers)
        self.visits = Visits()
        self.overall = DecayedCounts(windows.indices(windows.OVERALL), 1, rows)
        self.groups = DecayedCounts(windows.indices(windows.GROUP), SIZE, rows)
        self.trends = DecayedCounts(windows.indices(windows.TREND), REGIONS + MOST_CLUSTERS, rows)
        self.shown_counts = DecayedCounts(windows.indices(windows.SHOWN), 1, rows)
        self.together = PairStore(windows.indices(windows.TOGETHER), rows)
        self.following = PairStore(windows.indices(windows.FOLLOWING), rows)
        self.onward = PairStore(windows.indices(windows.ONWARD), rows)
        self.later = PairStore(windows.indices(windows.LATER), rows)

    @property
    def counts(self) -> tuple[DecayedCounts, ...]:
        """All counts."""
        return self.overall, self.groups, self.trends, self.shown_counts

    @property
    def pairs(self) -> tuple[PairStore, ...]:
        """All pairs."""
        return self.together, self.following, self.onward, self.later

    def fold(self, events: Sequence[LiveEvent]) -> list[float]:
        """Fold events in order; returns how much each counts for everybody, 0 for anything but a click."""
        beliefs = [0.0] * len(events)
        for place, event in enumerate(events):
            self._advance(event.time_ms, late=event.late)
            if event.kind == Kind.CLICK:
                beliefs[place] = self._click(event)
            elif event.kind == Kind.IMPRESSION:
                self._impression(event)
            self.events += 1
        for counts in self.counts:
            counts.flush()
        for pairs in self.pairs:
            pairs.flush()
        return beliefs

    def publish_article(self, article_id: str, issued_ms: int, section: str = "") -> int:
        """Make an article known before its first click, or correct its metadata; returns its row."""
        number = self._number(article_id, issued_ms)
        self.articles.publish(number, issued_ms, section)
        return self._row(number)

    def log_in(self, user: str, session: str) -> None:
        """Note that a user was seen in a visit; does nothing without user or visit."""
        if user and session:
            log_in(self, user, session)

    def forget(self, user_id: str) -> None:
        """Forget a user; what the user added to counts of everybody stays."""
        self.forget_digest(user_digest(user_id))

    def forget_digest(self, digest: str, *, visits: bool = True) -> None:
        """The same for a user given by :func:`script_shared.events.entry.user_digest`, as erasures are logged.

        Args:
            visits: whether also the users of visits are forgotten; not where the visits known began later.
        """
        self._forget(digest_key(digest))
        if visits:
            self.visits.forget(digest_key(digest))

    def _advance(self, time_ms: int, *, late: bool) -> None:
        if time_ms <= self.now_ms:
            self._compare(time_ms, late=late)
            return
        self.behind = 0
        self.first_ms = self.first_ms or time_ms
        self.now_ms = time_ms
        self._scale(self.decay.due(time_ms))

    def _scale(self, factors: Sequence[tuple[int, float]]) -> None:
        for window, factor in factors:
            for counts in self.counts:
                counts.scale(window, factor)
            for pairs in self.pairs:
                pairs.scale(window, factor, self.articles.used)
            self.sources.scale(window, factor)

    def _compare(self, time_ms: int, *, late: bool) -> None:
        """Look at an event from before the latest one: a late one says nothing about the clock, others do."""
        if self.now_ms - time_ms <= BEHIND_MS:
            self.behind = 0
        elif self.turns and not late:
            self.behind += 1
            if self.behind >= TURNS:
                self._turn_back(time_ms)

    def _turn_back(self, time_ms: int) -> None:
        """Go on from an earlier moment: what was counted keeps its worth, and nothing lies in the future any more."""
        for counts in self.counts:
            counts.flush()
        for pairs in self.pairs:
            pairs.flush()
        self._scale(self.decay.turn_back(time_ms))
        self.articles.turn_back(time_ms)
        self.readers.turn_back(time_ms)
        self.sources.turn_back(time_ms)
        self.now_ms, self.first_ms, self.behind = time_ms, min(self.first_ms, time_ms), 0
        self.turned += 1

    def everybody(self, number: int) -> Everybody:
        """Clicks that count for everybody: on the article, and on all articles."""
        row, now, total = self.articles.row_of[number], self.overall.now, self.overall.total_now
        return Everybody(now(_SHORT, row), now(_LONG, row), total(_SHORT), total(_LONG), total(_DAY))

    def _click(self, event: LiveEvent) -> float:
        """Take a click over; returns how much it counts for everybody."""
        number, time_ms, readers = self._number(event.article, event.time_ms), event.time_ms, self.readers
        keys = self._keys(event)
        key = keys[0] if keys else 0
        place, came, depth, total = -1, "", 0, 0
        if key:
            place = self._visit(key, event)
            depth, total = readers.depth[place], readers.total[place]
            came = self.group_names.referrer_name(readers.referrer[place])
        cluster = self.clusters.of(event.user, key)
        weight, new = weigh_click(self, event, number, place, known=cluster >= 0)
        row = self._row(number) if weight > 0 else self.articles.row_of[number]
        weights = self.decay.weights(time_ms)
        if weight != 1.0:
            weights = array("d", [weight * each for each in weights])
        if key:
            if row >= 0:
                learn_taste(self, place, row, time_ms)
            if weight > 0 and abs(time_ms - readers.last_ms[place]) >= self._pair_ms:
                pair(self, row, place, weights)
            readers.read(place, number, time_ms)
        if weight > 0:
            codes = self._labels(event, number, Visit.of(event, came, depth, total), key, new=new)
            self.overall.add_now(row, weights)
            self.groups.add(row, codes, weights)
            region = codes[1] - 1  # from 0, which is "other"
            self.trends.add(row, (region,) if cluster < 0 else (region, REGIONS + cluster), weights)
            self.articles.clicked(row, time_ms, weight >= BELIEVED)
        if key:
            readers.referrer[place] = self.group_names.referrer(event.referrer)
        for visit in keys[1:]:
            readers.read(self._visit(visit, event), number, time_ms)
        return weight

    def _keys(self, event: LiveEvent) -> tuple[int, ...]:
        """For whom a click counts; its user, where it names one, is seen in its visit."""
        own = reader_key(event.user, event.session)
        if event.user and event.session:
            join(self, session_key(event.session), own)
        return self.visits.keys_of(own) if not event.user else (own,)

    def _visit(self, key: int, event: LiveEvent) -> int:
        """The place of a user who clicks."""
        place = self.readers.visit(key, event.session, event.time_ms)
        if not self.readers.total[place]:
            self.readers.first_ms[place] = self.now_ms
        return place

    def _labels(self, event: LiveEvent, number: int, visit: Visit, key: int, *, new: bool) -> list[int]:
        """The codes of a click's groups; what new users send is no reason to make a group, where there are others."""
        codes = self.group_names.known(visit)
        if codes is not None and not event.section:
            return codes
        voter = 0 if new and self.sources.compares_new(self.everybody(number), self.now_ms) else key
        if event.section:
            self._learn_section(number, event.section, voter)
        return self.group_names.learn(visit, voter) if codes is None else codes

    def _learn_section(self, number: int, section: str, voter: int) -> None:
        known = self.articles.section_code(section) >= 0
        if known or self.group_names.labels.enough(f"section {section_key(section)}", voter):
            self.articles.learn_section(number, section)

    def _impression(self, event: LiveEvent) -> None:
        """Without proof it creates no row, weighs little, and counts against a user up to a bound only."""
        number = self._number(event.article, event.time_ms)
        proven = event.proof in PROVEN
        row = self._row(number) if proven else self.articles.row_of[number]
        if row >= 0:
            weights, share = self.decay.weights(event.time_ms), 1.0 if proven else self.params.trust.unproven
            self.shown_counts.add(row, (0,), array("d", [share * each for each in weights]))
        most = MOST_SHOWN if proven else self.params.trust.unproven_shown
        for key in self.visits.keys(event.user, event.session):
            self.shown.add(key, number, most)

    def _number(self, article_id: str, time_ms: int) -> int:
        """The number of an article; all are assigned again once most belong to forgotten ones."""
        articles, known = self.articles, max(self.params.known_articles, self.params.articles)
        if len(articles.ids) > FORGOTTEN * known:
            new = articles.renumber()
            self.readers.renumber(new)
            self.shown.renumber(new)
            self.sources.renumber(new)
        number = articles.number(article_id, time_ms)
        if len(articles) > self.params.known_articles:
            articles.forget_oldest(self.params.known_articles * 9 // 10, number)
        return number

    def _row(self, number: int) -> int:
        row = self.articles.row_of[number]
        if row >= 0:
            return row
        if self.articles.full:
            evict(self)
        return self.articles.give_row(number)

    def _forget(self, key: int) -> None:
        self.readers.forget(key)
        self.shown.forget(key)
        self.clusters.forget(key)
        self.group_names.labels.forget(key)

    def save(self, folder: Path) -> None:
        """Write the state as plain arrays and one JSON file."""
        state_io.save(self, folder)

    @classmethod
    def load(cls, folder: Path, params: LiveParams) -> "LiveState":
        """Read a saved state.

        Its windows last as long as they did when it was saved, whatever the params say.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or the state was saved with other bounds.
        """
        state = cls(params.model_copy(update={"pace": state_io.pace_in(folder)}))
        state_io.load(state, folder)
        return state

    def digest(self) -> str:
        """A digest of the whole state: equal states have equal digests."""
        return state_io.digest(self)

    def memory_bytes(self) -> int:
        """Approximate memory of the state, in bytes."""
        return state_io.memory_bytes(self)

    def sizes(self) -> dict[str, int]:
        """Sizes of the state, for metrics."""
        return {
            "articles": int((self.articles.number_in >= 0).sum()),
            "known_articles": len(self.articles),
            "readers": len(self.readers),
            "events": self.events,
            "bytes": self.memory_bytes(),
        }
