"""The ranker's features: one function each, used by replay and by serving alike."""

from collections.abc import Callable, Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray
from script_shared.news.counting import windows
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.feature_inputs import SHARE_FLOOR, FeatureInputs
from script_shared.news.state.audiences import DIMENSION_NAMES

Feature = Callable[[FeatureInputs], FloatArray | float]
FEATURES: dict[str, Feature] = {}


def feature(function: Feature) -> Feature:
    """Register a feature under the name of its function."""
    FEATURES[function.__name__] = function
    return function


def matrix(found: Candidates, names: Sequence[str] | None = None) -> Float32s:
    """float32 (m, features): the features of a request's candidates, by default all of ``FEATURES`` in their order.

    Args:
        found: m candidates, with what was read of the live state for them.
        names: of features, in the order of the columns.
    """
    return np.ascontiguousarray(columns(found, list(FEATURES) if names is None else names).T)


def columns(found: Candidates, names: Sequence[str]) -> Float32s:
    """float32 (features, m): the same, one feature after the other.

    Args:
        found: m candidates.
        names: of features, in the order of the rows.
    """
    inputs = FeatureInputs(found)
    values = np.empty((len(names), len(found)), np.float32)
    for place, name in enumerate(names):
        values[place] = FEATURES[name](inputs)
    return values


def _share(window: str) -> Feature:
    return lambda inputs: inputs.log_share[window]


def _trend(short: str, long: str) -> Feature:
    return lambda inputs: inputs.log_share[short] - inputs.log_share[long]


def _group(name: str, kind: str, window: str) -> Feature:
    """Log share of the user's own group in a dimension, or its log ratio to everybody's share."""
    dimension, place = DIMENSION_NAMES.index(name), windows.GROUP.index(window)
    if kind == "share":
        return lambda inputs: inputs.group_share[place, dimension]
    return lambda inputs: inputs.group_lift[place, dimension]


SHARES = ("10m", "1h", "3h")
TRENDS = (("2m", "10m"), ("10m", "1h"), ("1h", "6h"), ("6h", "24h"))
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
FEATURES.update({f"share_{window}": _share(window) for window in SHARES})
FEATURES.update({f"trend_{short}_{long}": _trend(short, long) for short, long in TRENDS})
FEATURES.update(
    {f"{name}_{kind}": _group(name, *kind.split("_")) for name, kinds in OF_GROUPS.items() for kind in kinds}
)


@feature
def lifts_15m(inputs: FeatureInputs) -> FloatArray:
    total: FloatArray = inputs.group_lift[1].sum(axis=0)
    return total


@feature
def lifts_2h(inputs: FeatureInputs) -> FloatArray:
    total: FloatArray = inputs.group_lift[2].sum(axis=0)
    return total


@feature
def together_30m(inputs: FeatureInputs) -> FloatArray:
    return inputs.together[0]


@feature
def together_3h(inputs: FeatureInputs) -> FloatArray:
    return inputs.together[1]


@feature
def following_10m(inputs: FeatureInputs) -> FloatArray:
    return inputs.following[2]


@feature
def following_30m(inputs: FeatureInputs) -> FloatArray:
    return inputs.following[0]


@feature
def onward_30m(inputs: FeatureInputs) -> FloatArray:
    return inputs.onward[0]


@feature
def onward_lift(inputs: FeatureInputs) -> FloatArray:
    return np.log((inputs.onward[0] + 1e-4) / (inputs.share["30m"] + 1e-4))


@feature
def following_3h(inputs: FeatureInputs) -> FloatArray:
    return inputs.following[1]


@feature
def later_30m(inputs: FeatureInputs) -> FloatArray:
    return inputs.later[0]


@feature
def later_24h(inputs: FeatureInputs) -> FloatArray:
    return inputs.later[1]


@feature
def together_lift(inputs: FeatureInputs) -> FloatArray:
    return np.log((inputs.together[1] + 1e-4) / (inputs.share["1h"] + 1e-4))


@feature
def following_lift(inputs: FeatureInputs) -> FloatArray:
    return np.log((inputs.following[1] + 1e-4) / (inputs.share["1h"] + 1e-4))


@feature
def later_lift(inputs: FeatureInputs) -> FloatArray:
    return np.log((inputs.later[1] + 1e-4) / (inputs.share["24h"] + 1e-4))


@feature
def next_share(inputs: FeatureInputs) -> FloatArray:
    """Log share among what follows the last article, drawn towards everybody's share."""
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


@feature
def segment_place(inputs: FeatureInputs) -> FloatArray:
    """One over the place in the list of the segment's model."""
    return inputs.listed[0]


@feature
def segment_score(inputs: FeatureInputs) -> FloatArray:
    return inputs.listed[1]


@feature
def segment(inputs: FeatureInputs) -> float:
    """Number of the segment whose model made the list, -1 without a list."""
    return inputs.segment


@feature
def section_liking(inputs: FeatureInputs) -> FloatArray:
    return inputs.section_liking
