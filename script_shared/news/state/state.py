"""The live state: everything that is folded from events in memory."""

from array import array
from collections.abc import Sequence

from script_shared.events import Kind
from script_shared.events.entry import user_digest
from script_shared.names import section_key
from script_shared.news.counting.impressions import MOST_SHOWN, ImpressionCounts
from script_shared.news.params import LiveParams
from script_shared.news.state.articles import Articles
from script_shared.news.state.audiences import Audiences, Visit
from script_shared.news.state.click_weight import weigh_click
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.reader_clusters import ReaderClusters
from script_shared.news.state.reader_history import ReaderHistories
from script_shared.news.state.reader_key import digest_key
from script_shared.news.state.state_counts import StateCounts
from script_shared.news.state.state_queries import StateQueries
from script_shared.news.state.state_time import StateTime
from script_shared.news.state.trust import BELIEVED, PROVEN, Sources
from script_shared.news.state.users import Users
from script_shared.news.state.visits import Visits

_CLICK = Kind.CLICK  # a look-up for each event takes longer
FORGOTTEN = 2  # numbers used per article remembered, at which numbers are assigned again


class LiveState(StateQueries):
    """Counts, users and articles, folded event by event in the log's order.

    The same events in the same order give the same state, however they are batched; nothing reads the wall clock.
    One thread folds; others may read meanwhile. Articles are given by their rows.

    Attributes:
        time: that of the latest event. events: how many were folded.
        articles: their numbers and rows; counts: clicks, impressions and pairs by row.
        readers: the reads of users; shown: their impressions; clusters: those that the release assigned.
        visits: the users of visits; users: what all of these know of one user.
        group_names: the groups of users.
        sources: clicks by who sent them, by which it is judged how much a click counts.
    """

    def __init__(self, params: LiveParams) -> None:
        self.params, self.events = params, 0
        self._pair_ms = 1000 * params.trust.pair_seconds
        self._most_known = params.known_articles
        self._most_numbers = FORGOTTEN * max(params.known_articles, params.articles)
        self.time = StateTime()
        self.articles = Articles(params.articles)
        self.counts = StateCounts(params.articles, params.pace)
        self.readers = ReaderHistories(params.readers, params.reads_per_reader)
        self.group_names = Audiences(params.trust.label_users)
        self.sources = Sources(params.trust, self.counts.decay)
        self.clusters = ReaderClusters()
        self.shown = ImpressionCounts(params.shown_readers)
        self.visits = Visits()
        self.users = Users(self.readers, self.shown, self.clusters, self.visits, self.group_names.labels)

    def fold(self, events: Sequence[LiveEvent]) -> list[float]:
        """Fold events in order; returns how much each counts for everybody, 0 for anything but a click.

        Args:
            events: clicks and impressions in the order of the log.

        Returns:
            0 to 1 for each event.
        """
        beliefs = [0.0] * len(events)
        self.counts.prepare()
        for place, event in enumerate(events):
            self._advance(event.time_ms, late=event.late)
            if event.kind == _CLICK:
                beliefs[place] = self._click(event)
            elif event.kind == Kind.IMPRESSION:
                self._impression(event)
            self.events += 1
        self.counts.flush()
        return beliefs

    def publish_article(self, article_id: str, issued_ms: int, section: str = "") -> int:
        """Make an article known before its first click, or correct its metadata; returns its row.

        Args:
            article_id: of the article.
            issued_ms: when it was published, epoch milliseconds, UTC.
            section: key of the section, "" when unknown.
        """
        number = self._number(article_id, issued_ms)
        self.articles.publish(number, issued_ms, section)
        return self._row(number)

    def log_in(self, user: str, session: str) -> None:
        """A user was seen in a visit: what the visit read and was shown without one is the user's too.

        Does nothing without user or visit.

        Args:
            user: id of the user.
            session: id of the visit.
        """
        self.users.log_in(user, session)

    def forget(self, user_id: str) -> None:
        """Forget a user; what the user added to counts of everybody stays.

        Args:
            user_id: as events have it.
        """
        self.forget_digest(user_digest(user_id))

    def forget_digest(self, digest: str, *, visits: bool = True) -> None:
        """The same for a user given by :func:`script_shared.events.entry.user_digest`, as erasures are logged.

        Args:
            digest: 32 hex characters.
            visits: whether also the users of visits are forgotten; not where the visits known began later.
        """
        self.users.forget(digest_key(digest), visits=visits)

    def _advance(self, time_ms: int, *, late: bool) -> None:
        if time_ms > self.time.now_ms:
            self.time.advance(time_ms)
            if factors := self.counts.decay.move_landmarks(time_ms):
                self._scale(factors)
        elif self.time.is_ahead(time_ms, late=late):
            self._turn_back(time_ms)

    def _scale(self, factors: Sequence[tuple[int, float]]) -> None:
        self.counts.scale(factors, self.articles.used)
        self.sources.scale(factors)

    def _turn_back(self, time_ms: int) -> None:
        """Go on from an earlier moment: what was counted keeps its worth, and nothing lies in the future any more."""
        self.counts.flush()
        self._scale(self.counts.decay.turn_back(time_ms))
        self.articles.turn_back(time_ms)
        self.readers.turn_back(time_ms)
        self.sources.turn_back(time_ms)
        self.time.turn_back(time_ms)

    def _click(self, event: LiveEvent) -> float:
        """Take a click over; returns how much it counts for everybody."""
        number, time_ms, readers = self._number(event.article, event.time_ms), event.time_ms, self.readers
        keys = self.users.keys(event.user, event.session)
        key = keys[0] if keys else 0
        place, came, depth, total = -1, "", 0, 0
        if key:
            place = readers.click(key, event.session, event.time_ms, self.time.now_ms)
            depth, total = readers.depth[place], readers.total[place]
            came = self.group_names.referrer_name(readers.referrer[place])
        cluster = self.clusters.of(event.user, key)
        weight, new = weigh_click(self, event, number, place, known=cluster >= 0)
        row = self._row(number) if weight > 0 else self.articles.row_of[number]
        before = b""
        if key:
            if row >= 0:
                age_ms = time_ms - self.articles.first_ms.item(row)
                readers.learn_taste(place, self.counts.share_of_hour(row), age_ms)
            if weight > 0 and abs(time_ms - readers.last_ms[place]) >= self._pair_ms:
                before = readers.read_bytes[place]
            readers.read(place, number, time_ms)
        if weight > 0:
            about = Visit(event.region, event.device, event.os, event.referrer, came, depth, total)
            codes = self._labels(event, number, about, key, new=new)
            self.counts.count(row, codes, cluster, before, depth, self.articles.row_of, time_ms, weight)
            self.articles.note_click(row, time_ms, weight >= BELIEVED)
        if key:
            readers.referrer[place] = self.group_names.referrer(event.referrer)
        for visit in keys[1:]:
            readers.read(readers.click(visit, event.session, time_ms, self.time.now_ms), number, time_ms)
        return weight

    def _labels(self, event: LiveEvent, number: int, visit: Visit, key: int, *, new: bool) -> "array[int]":
        """The codes of a click's groups; what new users send is no reason to make a group, where there are others."""
        codes = self.group_names.find_known(visit)
        if codes is not None and not event.section:
            return codes
        voter = 0 if new and self.sources.compares_new(self.everybody(number), self.time.now_ms) else key
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
            weights, share = self.counts.decay.weights(event.time_ms), 1.0 if proven else self.params.trust.unproven
            self.counts.shown_counts.add(row, (0,), array("d", [share * each for each in weights]))
        most = MOST_SHOWN if proven else self.params.trust.unproven_shown
        for key in self.visits.keys(event.user, event.session):
            self.shown.add(key, number, most)

    def _number(self, article_id: str, time_ms: int) -> int:
        """The number of an article; all are assigned again once most belong to forgotten ones."""
        articles = self.articles
        if len(articles.ids) > self._most_numbers:
            new = articles.renumber()
            self.readers.renumber(new)
            self.shown.renumber(new)
            self.sources.renumber(new)
        number = articles.number(article_id, time_ms)
        if len(articles.numbers) > self._most_known:
            articles.forget_oldest(self.params.known_articles * 9 // 10, number)
        return number

    def _row(self, number: int) -> int:
        row = self.articles.row_of[number]
        if row >= 0:
            return row
        if self.articles.full:
            rows = self.counts.least_read(self.articles.first_ms, self.time.now_ms)
            self.counts.clear(rows)
            self.articles.release(rows)
        return self.articles.give_row(number)
