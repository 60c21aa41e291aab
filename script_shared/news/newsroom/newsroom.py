"""Everything one process knows from the event log: live state, editorial facts, the last hour, who is forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from scipy.sparse import csr_array

from script_shared.arrays import IntArray
from script_shared.events import Entry, Kind, Quarantine
from script_shared.events.entry import user_digest
from script_shared.live_signs import LiveSigns
from script_shared.news.catalog.editorial import Editorial, Story
from script_shared.news.counting.last_hour import LastHour
from script_shared.news.newsroom.historical_time import HistoricalTime
from script_shared.news.newsroom.state_fold import StateFold
from script_shared.news.newsroom.user_reads import UserReads
from script_shared.news.params import TrustParams
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import digest_of
from script_shared.news.state.visits import Visits, login_of

_LIVE = (Kind.CLICK, Kind.IMPRESSION)  # nearly all entries


class Newsroom:
    """Folds entries in the log's order; one thread folds and asks.

    After folding into the live state has failed, reads and impressions are still noted.

    Attributes:
        state_fold: the live state, and what is counted beside it.
        editorial: what editors posted.
        vectors: text vectors of posted articles, by id, one row each.
        quarantine: what is left out; unclean: some of it was folded before it was found bad, or left out and is not any
            more, so the newsroom is to be folded again.
        erased: digests of users that the release must not remember.
        recalled: numbers of clicks up to ``snapshot_seq`` that the release does not know; None where it does not say.
        shared_visits: keys of visits in which several users were seen; None where the release does not say.
        reads: what users read and were shown; visits: the users of visits.
        snapshot_seq: number of the last entry that the release's snapshot holds; seq: of the last one folded.
        snapshot_ms: the time with which it began, epoch milliseconds.
        signs: that the site is live, while it runs on historical time.
        has_erased: whether an erasure was folded.
        origin: names the release it was made from, "" if unknown.
        resumed: whether it was restored from what another process folded, so it knows all up to ``seq`` but what
            editors posted.
        now_ms: the latest time in any entry, epoch milliseconds.
        renewals: of the event log when the newsroom began to read it, see ``EventLog.renewals``.
    """

    def __init__(self, state: LiveState | None, *, seq: int = 0) -> None:
        self.state_fold = StateFold(state, seq)
        self.editorial = Editorial()
        self.vectors: dict[str, csr_array] = {}
        self.quarantine, self.unclean = Quarantine(), False
        self.erased: set[str] = set()
        self.visits = state.visits if state is not None else Visits()
        trust = state.params.trust if state is not None else TrustParams()
        self.reads = UserReads(state, self.visits, trust.unproven_shown)
        self.whole = True  # False for one that started without editorial data and erasures
        self.recalled: IntArray | None = None
        self.shared_visits: IntArray | None = None
        self.seq = self.snapshot_seq = seq
        self.now_ms = self.snapshot_ms = state.now_ms if state is not None else 0
        self.signs, self.has_erased, self.origin, self.resumed = LiveSigns(), False, "", False
        self._history: HistoricalTime | None = None
        self.renewals = 0

    @property
    def state(self) -> LiveState | None:
        """The live state, None where the release has none."""
        return self.state_fold.state

    @property
    def has_failed(self) -> bool:
        """Whether nothing is folded into the live state any more."""
        return self.state_fold.has_failed

    @property
    def last_hour(self) -> LastHour:
        """Clicks of the last hour by article."""
        return self.state_fold.last_hour

    @property
    def pace(self) -> int:
        """How many times longer than their names say the live windows of this site are."""
        return self.state.params.pace if self.state is not None else 1

    def run_on(self, data_end_ms: int, longest_pause_ms: int, *, may_switch: bool = False) -> None:
        """Go by the time of historical data, which begins at its end and is moved on by events.

        Clicks and impressions that are marked as of the present, or come after a longer pause than that, were dated by
        the wall clock. They would make everything old, so only who read and saw what is kept of them.

        Args:
            data_end_ms: epoch milliseconds, UTC.
            longest_pause_ms: milliseconds.
            may_switch: whether enough signs that the site is live end this, see ``script_shared.live_signs``.
        """
        self._history = HistoricalTime(longest_pause_ms, self.signs if may_switch else None)
        self.now_ms, self.snapshot_ms = max(self.now_ms, data_end_ms), max(self.snapshot_ms, data_end_ms)
        if self.state is not None:
            self.state.time.turns = self.live

    def remember(self, lasting: Sequence[Entry]) -> None:
        """Take over editorial data and erasures from the entries that a snapshot holds already.

        Args:
            lasting: ARTICLE and ERASE entries in the order of the log; others are ignored.
        """
        for entry in lasting:
            if entry.kind == Kind.ARTICLE:
                self.editorial.apply(entry)
            elif entry.kind == Kind.ERASE:
                self.erased.add(str(entry.body["digest"]))
                if self.state is not None and not self.resumed:
                    self.state.forget_digest(str(entry.body["digest"]), visits=False)

    def post(self, entries: Sequence[Entry], vectors: Mapping[int, csr_array]) -> None:
        """Add the articles of ARTICLE entries that a resumed newsroom has already folded.

        Args:
            entries: in the order of the log.
            vectors: their text vectors, by number.
        """
        for entry in entries:
            self._learn(entry, vectors.get(entry.seq))

    def leave_out(self, quarantine: Quarantine) -> None:
        """Leave out what was found bad, from the first entry on.

        Args:
            quarantine: the rules that are in force.
        """
        self.quarantine = quarantine

    def go_without(self, other: "Newsroom | None") -> None:
        """Start without editorial data and erasures because the log is unreachable; copy those of another newsroom.

        Args:
            other: the newsroom that was in service until now; None at the start.
        """
        self.whole = False
        if other is not None:
            self.editorial.copy(other.editorial)
            self.erased |= other.erased
            self.quarantine = other.quarantine

    def recall(self, entries: Sequence[Entry], settled: Collection[int] = ()) -> None:
        """Note the reads and logins that a snapshot should hold, but does not, see :meth:`UserReads.recall`.

        Args:
            entries: clicks, logins and erasures, in the order of the log.
            settled: see :meth:`UserReads.recall`.
        """
        self.reads.recall([entry for entry in entries if not self.quarantine.holds(entry)], settled)

    def apply(
        self, entries: Sequence[Entry], vectors: Mapping[int, csr_array] | None = None, *, after: int = 0
    ) -> bool:
        """Take over entries, in order; those numbered up to ``seq`` were taken before and are left out.

        Never raises: a state that cannot fold them is given up.

        Args:
            entries: in the order of the log, with their numbers.
            vectors: text vectors of ARTICLE entries, by number.
            after: number after which the entries were read. A newsroom that does not know everything up to there would
                miss what lies between, so it takes none of them.

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
            if self.quarantine.rules and self.quarantine.holds(entry):
                continue
            if self._history is not None and not self._is_historical(self._history, entry):
                self._fold(mine, stories)  # logins before this entry count for it, those after it do not
                mine, stories = [], []
                self.state_fold.note([entry], self.reads)
                if not all(login_of(entry)):
                    continue
                entry = replace(entry, kind=Kind.LOGIN)
            mine.append(entry)
            stories.append(self._learn(entry, vectors.get(entry.seq) if vectors else None))
        self.seq = new[-1].seq
        self._fold(mine, stories)
        return True

    def _fold(self, entries: Sequence[Entry], stories: Sequence[Story | None]) -> None:
        if (turned_back_to := self.state_fold.take(entries, stories, self.reads)) is not None:
            self.now_ms = turned_back_to

    def knows_reader(self, user: str) -> bool:
        """Whether what the release knows of a user may still be used.

        Args:
            user: id of the user, or the name of a visit.
        """
        return not self.erased or user_digest(user) not in self.erased

    def digest(self) -> str:
        """Equal for equal knowledge, whatever process folded it."""
        parts = [digest_of(self.state) if self.state else "", self.editorial.digest(), *sorted(self.erased)]
        return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    @property
    def live(self) -> bool:
        """Whether history has become the present."""
        return self._history is not None and self._history.live

    def _is_historical(self, history: HistoricalTime, entry: Entry) -> bool:
        """Whether an entry belongs to the time on which the state runs; signs may make that the present."""
        if history.look_for_signs(entry) and self.state is not None:
            self.state.time.turns = True
        return not history.is_other_clock(entry, self.now_ms)

    def _learn(self, entry: Entry, vector: csr_array | None) -> Story | None:
        """Take over what is kept besides the live state; of an ARTICLE entry the story as it is then."""
        if entry.kind in _LIVE:
            self.now_ms = max(self.now_ms, entry.time_ms)
        elif entry.kind == Kind.ARTICLE:
            if vector is not None:
                self.vectors[entry.article_id] = vector
            return self.editorial.apply(entry)
        elif entry.kind == Kind.QUARANTINE:
            if entry.entry_id not in self.quarantine.known:
                self.quarantine, self.unclean = self.quarantine.after(entry), True
        elif entry.kind == Kind.ERASE:
            self.erased.add(str(entry.body["digest"]))
            self.has_erased = True
            if self._history is not None:
                self._history.forget(str(entry.body["digest"]))
            self.reads.note_erasure(str(entry.body["digest"]))
        elif entry.kind != Kind.LOGIN:
            self.now_ms = max(self.now_ms, entry.time_ms)
        return None
