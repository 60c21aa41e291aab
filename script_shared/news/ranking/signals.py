"""The part of the live state that one request needs, read once: the visit, earlier reads, and article weights."""

from functools import cached_property

import numpy as np

from script_shared.arrays import Float32s, Float64s, FloatArray, IntArray
from script_shared.news.counting import windows
from script_shared.news.counting.pair_weights import EARLIER, STEP
from script_shared.news.ranking.query import Query
from script_shared.news.state.audiences import Visit
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.state import LiveState

STEPS_BACK = 6  # reads of the visit that are used
# The plain mix, by which candidates are found and, without a ranker, ordered: set by hand, not fitted.
MIX_NOW, MIX_HOUR = 0.25, 0.2  # shares of the clicks of 10 minutes and of an hour
MIX_TOGETHER, MIX_FOLLOWING, MIX_LATER = 0.4, 0.3, 0.05  # read in one visit, next, and in a later visit
EARLIER_STEP = 0.9  # weight per step back in earlier visits
_AFTER_VISIT = tuple(map(len, (windows.TOGETHER, windows.FOLLOWING, windows.ONWARD)))


def _visit_weights(k: int) -> Float64s:
    """float64 (6, k): by window of ``Signals.after_visit``, weight of each article of a visit."""
    weights = np.tile(STEP ** np.arange(k), (sum(_AFTER_VISIT), 1))
    weights[_AFTER_VISIT[0] : _AFTER_VISIT[0] + _AFTER_VISIT[1], 1:] = 0.0  # following: after the last article alone
    return weights


_VISIT_WEIGHTS = tuple(map(_visit_weights, range(STEPS_BACK + 1)))
_EARLIER_WEIGHTS = EARLIER_STEP ** np.arange(EARLIER)


class Signals:
    """The live state for one request; arrays cover the first ``used`` rows.

    Attributes:
        now_ms: the moment of the request, epoch milliseconds, UTC.
        visit: rows read in the current visit, latest first; the article being read comes first.
        earlier: rows read in earlier visits, latest first.
        about: what determines the user's groups.
        place: the user's place among the users, -1 if unknown.
    """

    def __init__(self, state: LiveState, query: Query, now_ms: int) -> None:
        self.state, self.now_ms = state, now_ms
        self.used = state.articles.used
        self.factors = state.counts.decay.factors(now_ms)
        self.place = state.readers.find(reader_key(query.user, query.session))
        visit, earlier = state.reads_of(query.user, query.session, now_ms)
        self.depth = len(visit)
        self.visit, self.earlier = self._join(visit, earlier, query)
        self.about = self._about(query)
        self._shares: dict[str, FloatArray] = {}

    def _join(self, visit: IntArray, earlier: IntArray, query: Query) -> tuple[IntArray, IntArray]:
        """Add the article being read and the request's history."""
        find, context = self.state.article_row, query.context_item
        if context and (row := find(context)) >= 0:
            visit = np.concatenate([[row], visit[visit != row]])
        if query.history:
            rows = [row for row in map(find, reversed(query.history)) if row >= 0]
            earlier = np.concatenate([earlier, np.array(rows, np.int64)])
        return visit[:STEPS_BACK], earlier[:EARLIER]

    def _about(self, query: Query) -> Visit:
        readers = self.state.readers
        total = readers.total[self.place] if self.place >= 0 else 0
        came = self.state.group_names.referrer_name(readers.referrer[self.place]) if self.place >= 0 else ""
        referrer = came if self.depth else ""
        return Visit.of(query, referrer, came, self.depth, total)

    def shares(self, rows: IntArray) -> Float32s:
        """float32 (windows, rows): share of all clicks in each overall window, of some rows."""
        overall = self.state.counts.overall
        totals: Float32s = (overall.totals[:, :1] + 1e-30).astype(np.float32)
        found: Float32s = overall.sums[:, 0].take(rows, axis=1) / totals
        return found

    @cached_property
    def visit_weights(self) -> FloatArray:
        """float64 (k): weight of each article of the visit."""
        return _VISIT_WEIGHTS[len(self.visit)][0]

    @cached_property
    def after_visit(self) -> Float32s:
        """float32 (7, used): together, following, onward, and weights of the articles read after the visit's last one.

        The last row has the stored weights of pairs, without decay since the last event.
        """
        if not len(self.visit):
            return np.zeros((sum(_AFTER_VISIT) + 1, self.used), np.float32)
        weights = _VISIT_WEIGHTS[len(self.visit)]
        return self.state.counts.after_visit.of(self.visit, weights, self.factors, self.used)

    @property
    def together(self) -> Float32s:
        """(2, used): read in one visit with what this visit read."""
        return self.after_visit[:2]

    @property
    def following(self) -> Float32s:
        """(3, used): read next after the last article of this visit."""
        return self.after_visit[2:5]

    @property
    def onward(self) -> Float32s:
        """(1, used): read anywhere in a visit after what this visit read."""
        return self.after_visit[5:6]

    @property
    def after_last(self) -> Float32s:
        """(used): weights of pairs with the last article of this visit in the first window of ``following``."""
        return self.after_visit[6]

    @cached_property
    def later(self) -> Float32s:
        """(2, used): read in a later visit than what the user read in earlier visits."""
        if not len(self.earlier):
            return np.zeros((len(windows.LATER), self.used), np.float32)
        weights = _EARLIER_WEIGHTS[: len(self.earlier)]
        return self.state.counts.after_earlier.of(self.earlier, weights, self.factors, self.used)

    @cached_property
    def mix(self) -> Float32s:
        """float32 (used): a fixed mix of current popularity and of matches with the visit and with earlier reads."""
        mix = MIX_NOW * self.share("10m") + MIX_HOUR * self.share("1h")
        if len(self.visit):
            mix = mix + MIX_TOGETHER * self.together[1] + MIX_FOLLOWING * self.following[1]
        if len(self.earlier):
            mix = mix + MIX_LATER * self.later[1]
        return mix

    @cached_property
    def read(self) -> IntArray:
        """Rows the user has read, and the article being read."""
        readers, state = self.state.readers, self.state
        if self.place < 0:
            return np.concatenate([self.visit, self.earlier])
        numbers = readers.reads(self.place)
        return np.concatenate([self.visit, self.earlier, state.articles.rows_of(numbers)])

    def share(self, window: str) -> Float32s:
        """float32 (used): share of all clicks in one overall window."""
        found = self._shares.get(window)
        if found is None:
            clicks, total = self.clicks_in(window)
            found = self._shares[window] = clicks / total
        return found

    def share_of(self, window: str, rows: IntArray) -> Float32s:
        """float32 (rows): the same for some rows."""
        clicks, total = self.clicks_in(window)
        return clicks[rows] / total

    def clicks_in(self, window: str) -> tuple[Float32s, np.float32]:
        """float32 (used): clicks in one overall window, and their total over all articles."""
        overall, place = self.state.counts.overall, windows.OVERALL.index(window)
        return overall.sums[place, 0, : self.used], np.float32(overall.totals[place, 0] + 1e-30)
