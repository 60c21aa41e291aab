"""The ranker's features: one function each, used by replay and serving."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.compiled import feature_code
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.feature_inputs import SHARE_FLOOR, TABLE, FeatureInputs, sums_of

Feature = Callable[[FeatureInputs], FloatArray | float]
FEATURES: dict[str, Feature] = {}


@dataclass(frozen=True)
class Row:
    """A feature that is one row of the table of the inputs; one step copies all of these."""

    place: int

    def __call__(self, inputs: FeatureInputs) -> FloatArray:
        return inputs.table[self.place]


def feature(function: Feature) -> Feature:
    """Register a feature under the name of its function."""
    FEATURES[function.__name__] = function
    return function


def matrix(found: Candidates, names: Sequence[str] | None = None) -> Float32s:
    """float32 (m, features): the features of a request's candidates, by default all of ``FEATURES`` in their order.

    Args:
        found: m candidates, with the values of the live state for them.
        names: of features, in the order of the columns.
    """
    return np.ascontiguousarray(columns(found, list(FEATURES) if names is None else names).T)


def columns(found: Candidates, names: Sequence[str]) -> Float32s:
    """float32 (features, m): the same, one row per feature.

    Args:
        found: m candidates.
        names: of features, in the order of the rows.
    """
    if feature_code.has_code() and (rows := _rows_in_code(tuple(names))) is not None:
        return feature_code.feature_table(sums_of(found), len(TABLE)).take(rows, axis=0)
    return array_columns(found, names)


def array_columns(found: Candidates, names: Sequence[str]) -> Float32s:
    """float32 (features, m): the same as ``columns``, without compiled code.

    Args:
        found: m candidates.
        names: of features, in the order of the rows.
    """
    inputs = FeatureInputs(found)
    places, others = _plan(tuple(names))
    values: Float32s = inputs.table.take(places, axis=0)
    for place, function in others:
        values[place] = function(inputs)
    return values


@lru_cache(16)
def _rows_in_code(names: tuple[str, ...]) -> IntArray | None:
    """The row of each feature in the table of the compiled code; None if the code lacks one of them."""
    rows = {name: function.place for name, function in FEATURES.items() if isinstance(function, Row)}
    rows.update({name: len(TABLE) + place for place, name in enumerate(feature_code.EXTRA)})
    return np.array([rows[name] for name in names], np.int64) if all(name in rows for name in names) else None


@lru_cache(16)
def _plan(names: tuple[str, ...]) -> tuple[IntArray, list[tuple[int, Feature]]]:
    """The row of the table for each feature (0 if it has none), and the features that are computed one by one."""
    functions = [FEATURES[name] for name in names]
    places = np.array([function.place if isinstance(function, Row) else 0 for function in functions], np.int64)
    return places, [(at, function) for at, function in enumerate(functions) if not isinstance(function, Row)]


OF_GROUPS = {
    "region": (
        "share_5m",
        "share_15m",
        "lift_15m",
        "lift_2h",
    ),
    "device": ("share_5m",),
    "depth": (
        "share_5m",
        "lift_5m",
        "share_15m",
        "lift_15m",
    ),
    "os_depth": (
        "share_5m",
        "share_15m",
        "lift_15m",
    ),
    "referrer": ("share_5m",),
    "referrer_depth": ("share_5m",),
    "referrer_os": (
        "share_5m",
        "lift_2h",
    ),
    "region_device": (
        "share_5m",
        "lift_2h",
    ),
    "came": (
        "share_5m",
        "share_15m",
        "lift_15m",
        "lift_2h",
    ),
}
SHARES = ("10m", "1h", "3h")
FEATURES.update({f"share_{window}": Row(TABLE[f"share_{window}"]) for window in SHARES})
FEATURES.update({name: Row(TABLE[name]) for name in TABLE if name.startswith("trend_")})
FEATURES.update({f"{name}_{kind}": Row(TABLE[f"{name}_{kind}"]) for name, kinds in OF_GROUPS.items() for kind in kinds})
for _name in (
    "lifts_15m",
    "lifts_2h",
    "together_30m",
    "together_3h",
    "following_10m",
    "following_30m",
    "onward_30m",
    "onward_lift",
    "following_3h",
    "later_30m",
    "later_24h",
    "together_lift",
    "following_lift",
    "later_lift",
):
    FEATURES[_name] = Row(TABLE[_name])


@feature
def next_share(inputs: FeatureInputs) -> FloatArray:
    """Log share of the articles read after the last one, smoothed towards everybody's share."""
    seen = inputs.followed
    return np.log((inputs.following[1] * (seen + 1.0) + 20.0 * inputs.share["1h"]) / (seen + 20.0) + SHARE_FLOOR)


@feature
def mix(inputs: FeatureInputs) -> FloatArray:
    return np.log(inputs.mix + SHARE_FLOOR)


@feature
def next_evidence(inputs: FeatureInputs) -> FloatArray:
    return inputs.evidence


@feature
def taste_share_gap(inputs: FeatureInputs) -> FloatArray:
    """How much more popular the article is than the articles that the user clicks."""
    return inputs.log_share["1h"] - inputs.taste_share


@feature
def reads(inputs: FeatureInputs) -> float:
    return inputs.reads


@feature
def taste_share(inputs: FeatureInputs) -> float:
    return inputs.taste_share


@feature
def last_share(inputs: FeatureInputs) -> float:
    return inputs.last_share


FEATURES["segment_place"], FEATURES["segment_score"] = Row(TABLE["segment_place"]), Row(TABLE["segment_score"])


@feature
def segment(inputs: FeatureInputs) -> float:
    """Number of the segment whose model made the list, -1 without a list."""
    return inputs.segment


@feature
def section_liking(inputs: FeatureInputs) -> FloatArray:
    return inputs.section_liking
