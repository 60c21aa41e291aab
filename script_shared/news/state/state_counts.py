"""What a live state counts with decay: clicks and impressions of articles, and pairs of articles."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from script_shared.arrays import Float64s, IntArray
from script_shared.compiled.count_code import ClickCounter
from script_shared.compiled.count_tables import Tables
from script_shared.news.counting import windows
from script_shared.news.counting.counts import DecayedCounts
from script_shared.news.counting.decay import Decay
from script_shared.news.counting.follower_sums import FollowerSums
from script_shared.news.counting.pair_cells import PairCells
from script_shared.news.counting.pair_counts import PairStore
from script_shared.news.counting.pair_weights import AMOUNTS, EARLIER, ONES, STEPS_BACK, amounts_of
from script_shared.news.state.audiences import REGIONS, SIZE
from script_shared.news.state.reader_clusters import MOST_CLUSTERS
from script_shared.news.state.trust import Everybody

_PAIRS = (windows.TOGETHER, windows.FOLLOWING, windows.ONWARD, windows.LATER)
_SHORT, _HOUR, _DAY = (windows.OVERALL.index(name) for name in ("10m", "1h", "24h"))
NEW_WORTH, NEW_HALF_LIFE_MS = 5.0, 7_200_000.0  # when rows run out, a new article is worth some clicks


class StateCounts:
    """Counts by the rows of articles, which share the half-lives of one decay.

    Attributes:
        overall: clicks by window; groups: clicks by window and group of users; shown_counts: impressions.
        trends: clicks by window and by the user's region (the first ``REGIONS`` groups) or cluster (the others).
        together: what is read in one visit; following: what is read next; onward: anywhere after in the visit;
            later: what is read in a later visit.
        pair_cells: the pairs of all four.
        after_visit: adds up the first three, and the first window of ``following`` as it is; after_earlier: ``later``.
    """

    def __init__(self, rows: int, pace: int) -> None:
        self.decay = Decay([pace * hours for hours in windows.HALF_LIVES_HOURS.values()])
        self.overall = DecayedCounts(windows.indices(windows.OVERALL), 1, rows)
        self.groups = DecayedCounts(windows.indices(windows.GROUP), SIZE, rows)
        self.trends = DecayedCounts(windows.indices(windows.TREND), REGIONS + MOST_CLUSTERS, rows)
        self.shown_counts = DecayedCounts(windows.indices(windows.SHOWN), 1, rows)
        half_lives = [windows.indices(names) for names in _PAIRS]
        self.pair_cells = PairCells(sum(map(len, half_lives)), rows)
        firsts = accumulate(map(len, half_lives), initial=0)
        stores = [
            PairStore(mine, rows, self.pair_cells, first) for mine, first in zip(half_lives, firsts, strict=False)
        ]
        self.together, self.following, self.onward, self.later = stores
        self.after_visit = FollowerSums(self.pair_cells, stores[:3], plain=self.following)
        self.after_earlier = FollowerSums(self.pair_cells, stores[3:])
        self._compiled: ClickCounter | None = None

    @property
    def of_articles(self) -> tuple[DecayedCounts, ...]:
        """All counts of single articles."""
        return self.overall, self.groups, self.trends, self.shown_counts

    @property
    def of_pairs(self) -> tuple[PairStore, ...]:
        """All counts of pairs."""
        return self.together, self.following, self.onward, self.later

    def prepare(self) -> None:
        """Before clicks are counted: find the compiled code for the arrays as they are now, if there is any."""
        of_articles = self.overall.table, self.groups.table, self.trends.table
        together, following, onward, later = (each.table for each in self.of_pairs)
        tables = Tables(*of_articles, together, following, onward, later, self.pair_cells.cells)
        if self._compiled is None or not self._compiled.counts_in(tables):
            self._compiled = ClickCounter.of(tables, self.decay.half_lives_ms, AMOUNTS)
        if self._compiled is not None:
            self._compiled.move_landmarks(self.decay.landmarks)

    def count(
        self,
        row: int,
        codes: "array[int]",
        cluster: int,
        reads: bytes,
        depth: int,
        row_of: "array[int]",
        time_ms: int,
        weight: float,
    ) -> None:
        """Count a click, also together with what its user read before.

        Args:
            row: of the article.
            codes: int16, the groups of its user, everybody and the region first.
            cluster: of its user, -1 for none.
            reads: uint32, numbers of what the user read, latest last; empty where nothing is paired.
            depth: so many of them are of the visit under way.
            row_of: int32, the row of each article by its number, -1 for none.
            time_ms: of the click.
            weight: how much it counts, above 0.
        """
        if self._compiled is not None:
            place = REGIONS + cluster if cluster >= 0 else -1
            self._compiled.count(time_ms, weight, row, codes, place, reads, depth, row_of)
            return
        weights = self.decay.weights(time_ms)
        if weight != 1.0:
            weights = array("d", [weight * each for each in weights])
        if reads:
            latest = array("I", reads[-4 * (depth + EARLIER) :]).tolist()[::-1]
            self.pair(row, [row_of[number] for number in latest], depth, weights)
        self.click(row, codes, cluster, weights)

    def click(self, row: int, codes: Sequence[int], cluster: int, weights: "array[float]") -> None:
        """Count a click.

        Args:
            codes: the groups of its user, everybody and the region first.
            cluster: of its user, -1 for none.
        """
        self.overall.add_now(row, weights)
        self.groups.add(row, codes, weights)
        region = codes[1] - 1  # from 0, which is "other"
        self.trends.add(row, (region,) if cluster < 0 else (region, REGIONS + cluster), weights)

    def pair(self, row: int, latest: Sequence[int], depth: int, weights: "array[float]") -> None:
        """Count what a user who reads an article read before.

        Args:
            row: of the article.
            latest: rows of the user's latest reads, latest first, -1 for those that are not alive.
            depth: so many of them are of the visit under way.
        """
        back = min(depth, STEPS_BACK)
        visit = [before for before in latest[:back] if before >= 0 and before != row]
        if visit:
            amounts = amounts_of(row, latest, back) if len(visit) < back else AMOUNTS[:back]
            if latest[0] == visit[0]:
                self.following.add(visit[:1], row, ONES[:1], weights)
            self.onward.add(visit, row, amounts, weights)
            self.together.add_both(visit, row, amounts, weights)
        if earlier := [before for before in latest[depth:] if before >= 0 and before != row]:
            self.later.add(earlier, row, ONES[: len(earlier)], weights)

    def everybody(self, row: int) -> Everybody:
        """Clicks that count for everybody: on the article of a row (-1 for none), and on all articles."""
        now, total = self.overall.sums_now, self.overall.totals_now
        short, long = (now[_SHORT][row], now[_HOUR][row]) if row >= 0 else (0.0, 0.0)
        return Everybody(short, long, total[_SHORT][0], total[_HOUR][0], total[_DAY][0])

    def share_of_hour(self, row: int) -> float:
        """Share of an article in all clicks of the last hour."""
        share: float = self.overall.sums_now[_HOUR][row] / (self.overall.totals_now[_HOUR][0] + 1e-30)
        return share

    def least_read(self, first_ms: Float64s, now_ms: int) -> IntArray:
        """Rows of a sixteenth of the articles: the least read ones that are not new.

        Args:
            first_ms: float64 (rows), first click or publication of each.
        """
        place = windows.OVERALL.index(windows.EVICT_BY)
        reads = self.overall.sums[place, 0] * self.decay.factors(now_ms)[windows.INDEX[windows.EVICT_BY]]
        newness = NEW_WORTH * np.exp2(np.minimum(first_ms - now_ms, 0.0) / NEW_HALF_LIFE_MS)
        rows: IntArray = np.argsort(reads + newness, kind="stable")[: max(1, len(reads) // 16)]
        return rows

    def flush(self) -> None:
        """Make what was counted visible."""
        for counts in self.of_articles:
            counts.flush()
        for pairs in self.of_pairs:
            pairs.flush()

    def scale(self, factors: Iterable[tuple[int, float]], used: int) -> None:
        """Follow landmarks that moved; only the first ``used`` rows hold anything."""
        if self._compiled is not None:
            self._compiled.move_landmarks(self.decay.landmarks)
        for window, factor in factors:
            for counts in self.of_articles:
                counts.scale(window, factor)
            for pairs in self.of_pairs:
                pairs.scale(window, factor, used)

    def clear(self, rows: IntArray) -> None:
        """Forget articles."""
        self.flush()
        for counts in self.of_articles:
            counts.clear(rows)
        self.pair_cells.clear(rows)
        for pairs in self.of_pairs:
            pairs.totals[:, rows] = 0.0
