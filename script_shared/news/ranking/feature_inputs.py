"""What the features of a request's candidates are made from, as values: the live state is read once for all of them."""

from functools import reduce

import numpy as np

from script_shared.arrays import Float32s, Float64s, FloatArray, IntArray
from script_shared.compiled.feature_code import Sums
from script_shared.news.counting import windows
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.segment_list import SegmentCandidates
from script_shared.news.ranking.signals import Signals
from script_shared.news.state.audiences import DIMENSION_NAMES, EVERYBODY

SHARE_FLOOR = 1e-6
PRIOR_CLICKS = 50.0  # weight of everybody's share in the share of a group, in clicks
LIKED_READS = 200  # latest reads of a user whose sections count
LIKING_PRIOR = 2.0  # reads added to the denominator as a prior
NEIGHBOUR_PRIOR = 10.0  # the same for articles read after one article


TRENDS = (("2m", "10m"), ("10m", "1h"), ("1h", "6h"), ("6h", "24h"))


def _table_names() -> dict[str, int]:
    """The rows of the table of one request's inputs, by name."""
    of_groups = [f"{name}_{{}}_{window}" for window in windows.GROUP for name in DIMENSION_NAMES]
    names = [
        *(f"share_{window}" for window in windows.OVERALL),
        *(f"trend_{short}_{long}" for short, long in TRENDS),
        *(name.format("share") for name in of_groups),
        *(name.format("lift") for name in of_groups),
        *(f"lifts_{window}" for window in windows.GROUP),
        *(f"together_{window}" for window in windows.TOGETHER),
        *(f"following_{window}" for window in windows.FOLLOWING),
        *(f"onward_{window}" for window in windows.ONWARD),
        *(f"later_{window}" for window in windows.LATER),
        *("together_lift", "following_lift", "later_lift", "onward_lift"),
        *("segment_place", "segment_score"),
    ]
    return {name: place for place, name in enumerate(names)}


TABLE = _table_names()
_SHORT, _LONG = (np.array([windows.OVERALL.index(pair[side]) for pair in TRENDS]) for side in (0, 1))
_LIFTED_BY = np.array([windows.OVERALL.index(window) for window in ("1h", "1h", "24h", "30m")])


class FeatureInputs:
    """m candidates of one request.

    Attributes:
        mix: float32 (m), the plain mix.
        share, log_share: float32 (m) by window, share of all clicks.
        group_share, group_lift: float32 (windows, dimensions, m), log share among users of the same group, and the log
            of its ratio to everybody's share.
        together: (2, m), weight of being read in one visit with this visit's articles.
        following: (3, m), weight of being read next: 30 minutes, 3 hours, 10 minutes.
        onward: (1, m), weight of being read anywhere after this visit's articles.
        later: (2, m), weight of being read in a later visit.
        followed: how often the last article of the visit was followed by another, decayed.
        evidence: (m), log lift of the candidate after the last article of the visit, as in naive Bayes.
        last_share: log share of the visit's last article in the clicks of an hour; 0 without one.
        reads, taste_share: of the user, 0 for an unknown one.
        section_liking: float32 (m), log of the ratio of the section's share of the user's reads to an equal share; 0 if
            the section or the user is unknown.
        segment: number of the segment whose model made the list, -1 without a list.
        listed: (2, m), one over the place in the list of the segment's model, and the score there; 0 outside of it.
        table: float32 (rows, m), with the rows ``TABLE``.
    """

    def __init__(self, candidates: Candidates) -> None:
        signals, rows = candidates.signals, candidates.rows
        self.mix = candidates.mix
        shares = signals.shares(rows)
        self.share = dict(zip(windows.OVERALL, shares, strict=True))
        logs = np.log(shares + SHARE_FLOOR)
        self.log_share = dict(zip(windows.OVERALL, logs, strict=True))
        self.group_share, self.group_lift = _groups(signals, rows)
        self.together, self.following = signals.together[:, rows], signals.following[:, rows]
        self.onward, self.later = signals.onward[:, rows], signals.later[:, rows]
        self.followed, self.evidence = _after_last(signals, rows, self.share["30m"])
        readers, place = signals.state.readers, signals.place
        self.last_share = last_share(signals)
        self.reads = float(readers.total[place]) if place >= 0 else 0.0
        self.taste_share = float(readers.taste_share[place]) if place >= 0 else 0.0
        self.section_liking = _section_liking(signals, rows)
        self.segment, self.listed = (
            float(candidates.listed.segment),
            _segment_features(candidates.listed, signals.used, rows),
        )
        self.table = self._table(shares, logs)

    def _table(self, shares: FloatArray, logs: FloatArray) -> Float32s:
        read_after = np.stack([self.together[1], self.following[1], self.later[1], self.onward[0]])
        groups = (len(windows.GROUP) * len(DIMENSION_NAMES), logs.shape[1])
        parts = (
            logs,
            logs[_SHORT] - logs[_LONG],
            self.group_share.reshape(groups),
            self.group_lift.reshape(groups),
            reduce(
                np.add, self.group_lift.swapaxes(0, 1)
            ),  # added one after the other; numpy's sum uses another order for m = 1
            self.together,
            self.following,
            self.onward,
            self.later,
            np.log((read_after + 1e-4) / (shares[_LIFTED_BY] + 1e-4)),
            self.listed,
        )
        return np.concatenate(parts, dtype=np.float32)


def _groups(signals: Signals, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    counts = signals.state.counts.groups
    codes = np.array([EVERYBODY, *signals.state.group_names.codes(signals.about)])
    factors = np.array([signals.factors[window] for window in counts.windows])[:, None]
    sums = counts.take(codes, rows)
    sums *= factors.astype(np.float32)[:, :, None]
    totals = (counts.totals[:, codes] * factors + PRIOR_CLICKS).astype(np.float32)[:, :, None]
    base = (sums[:, :1] + np.float32(0.02)) / totals[:, :1]
    logs = np.log((sums[:, 1:] + np.float32(PRIOR_CLICKS) * base) / totals[:, 1:])
    return logs, logs - np.log(base)


def _after_last(signals: Signals, rows: IntArray, share: FloatArray) -> tuple[float, FloatArray]:
    """How often the visit's last article was followed by another, and the evidence of that for the candidates."""
    store, last = signals.state.counts.following, signals.visit[:1]
    if not len(last):
        return 0.0, np.zeros(len(rows))
    seen = store.weights(0, last[:, None], rows) * signals.factors[store.windows[0]]
    evidence: FloatArray = np.ones(1) @ np.log1p(seen / (NEIGHBOUR_PRIOR * (share + SHARE_FLOOR)))
    return float(store.totals[1, last[0]]) * signals.factors[store.windows[1]], evidence


def last_share(signals: Signals) -> float:
    """Log of the last visited article's share of the clicks of an hour; 0 without such an article.

    Args:
        signals: of the request.
    """
    return float(np.log(signals.share_of("1h", signals.visit[0]) + 1e-5)) if len(signals.visit) else 0.0


def section_likings(signals: Signals) -> Float64s | None:
    """float64 (sections): log of the ratio of each section's share of the user's reads to an equal share.

    Args:
        signals: of the request.

    Returns:
        by the code of the section, where the first code means no section; None for an unknown user or a single section.
    """
    articles, place = signals.state.articles, signals.place
    kinds = len(articles.sections)
    if place < 0 or kinds < 3:  # the code of no section, and one section
        return None
    numbers = signals.state.readers.reads(place)[:LIKED_READS]
    counts = np.bincount(np.frombuffer(articles.section_of, np.int16)[numbers], minlength=kinds)
    counts[0] = 0
    share = (counts + LIKING_PRIOR / kinds) / (counts.sum() + LIKING_PRIOR)
    likings: Float64s = np.log(share * kinds)
    return likings


def _section_liking(signals: Signals, rows: IntArray) -> FloatArray:
    if (likings := section_likings(signals)) is None:
        return np.zeros(len(rows), np.float32)
    codes = signals.state.articles.section[rows]
    return np.where(codes > 0, likings[codes], 0.0).astype(np.float32)


def _segment_features(listed: SegmentCandidates, used: int, rows: IntArray) -> FloatArray:
    values = np.zeros((2, used), np.float32)
    values[0, listed.rows], values[1, listed.rows] = 1.0 / (1.0 + listed.places), listed.scores
    return values[:, rows]


def sums_of(found: Candidates) -> Sums:
    """The inputs in the form that the compiled code expects.

    Args:
        found: m candidates, with the values of the live state for them.
    """
    signals, listed = found.signals, found.listed
    counts, readers, place = signals.state.counts, signals.state.readers, signals.place
    visit, likings = len(signals.visit) > 0, section_likings(signals)
    codes = np.array([EVERYBODY, *signals.state.group_names.codes(signals.about)])
    factors = np.array([signals.factors[window] for window in counts.groups.windows])[:, None]
    last, following = (int(signals.visit[0]) if visit else -1), counts.following
    return Sums(
        used=signals.used,
        rows=found.rows,
        mix=found.mix,
        overall=counts.overall.sums,
        groups=counts.groups.sums,
        codes=codes,
        overall_totals=(counts.overall.totals[:, 0] + 1e-30).astype(np.float32),
        factors=factors.astype(np.float32),
        group_totals=(counts.groups.totals.take(codes, axis=1) * factors + PRIOR_CLICKS).astype(np.float32),
        together=signals.together if visit else None,
        following=signals.following if visit else None,
        onward=signals.onward if visit else None,
        later=signals.later if len(signals.earlier) else None,
        after_last=signals.after_last if visit else None,
        after_factor=signals.factors[following.windows[0]],
        followed=float(following.totals[1, last]) * signals.factors[following.windows[1]] if visit else 0.0,
        listed_rows=listed.rows,
        listed_places=listed.places,
        listed_scores=listed.scores,
        sections=signals.state.articles.section if likings is not None else None,
        liking=likings,
        reads=float(readers.total[place]) if place >= 0 else 0.0,
        taste_share=float(readers.taste_share[place]) if place >= 0 else 0.0,
        last_share=last_share(signals),
        segment=float(listed.segment),
    )
