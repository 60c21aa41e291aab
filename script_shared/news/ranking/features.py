"""The ranker's features: one function each, used by replay and by serving alike."""

from collections.abc import Callable, Sequence

import numpy as np

from script_shared.arrays import FloatArray
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


def matrix(found: Candidates, names: Sequence[str] | None = None) -> FloatArray:
    """float32 (m, features): the features of a request's candidates, by default all of ``FEATURES`` in their order."""
    scene, names = FeatureInputs(found), list(FEATURES) if names is None else names
    columns = np.empty((len(names), len(found)), np.float32)
    for place, name in enumerate(names):
        columns[place] = FEATURES[name](scene)
    return np.ascontiguousarray(columns.T)


def _share(window: str) -> Feature:
    return lambda scene: scene.log_share(window)


def _trend(short: str, long: str) -> Feature:
    return lambda scene: scene.log_share(short) - scene.log_share(long)


def _group(name: str, kind: str, window: str) -> Feature:
    """Log share of the user's own group in a dimension, or its log ratio to everybody's share."""
    dimension, place = DIMENSION_NAMES.index(name), windows.GROUP.index(window)
    which = ("share", "lift").index(kind)
    return lambda scene: scene.groups[which][place, dimension]


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
def lifts_15m(scene: FeatureInputs) -> FloatArray:
    total: FloatArray = scene.groups[1][1].sum(axis=0)
    return total


@feature
def lifts_2h(scene: FeatureInputs) -> FloatArray:
    total: FloatArray = scene.groups[1][2].sum(axis=0)
    return total


@feature
def together_30m(scene: FeatureInputs) -> FloatArray:
    return scene.together[0]


@feature
def together_3h(scene: FeatureInputs) -> FloatArray:
    return scene.together[1]


@feature
def following_10m(scene: FeatureInputs) -> FloatArray:
    return scene.following[2]


@feature
def following_30m(scene: FeatureInputs) -> FloatArray:
    return scene.following[0]


@feature
def onward_30m(scene: FeatureInputs) -> FloatArray:
    return scene.onward[0]


@feature
def onward_lift(scene: FeatureInputs) -> FloatArray:
    return np.log((scene.onward[0] + 1e-4) / (scene.share("30m") + 1e-4))


@feature
def following_3h(scene: FeatureInputs) -> FloatArray:
    return scene.following[1]


@feature
def later_30m(scene: FeatureInputs) -> FloatArray:
    return scene.later[0]


@feature
def later_24h(scene: FeatureInputs) -> FloatArray:
    return scene.later[1]


@feature
def together_lift(scene: FeatureInputs) -> FloatArray:
    return np.log((scene.together[1] + 1e-4) / (scene.share("1h") + 1e-4))


@feature
def following_lift(scene: FeatureInputs) -> FloatArray:
    return np.log((scene.following[1] + 1e-4) / (scene.share("1h") + 1e-4))


@feature
def later_lift(scene: FeatureInputs) -> FloatArray:
    return np.log((scene.later[1] + 1e-4) / (scene.share("24h") + 1e-4))


@feature
def next_share(scene: FeatureInputs) -> FloatArray:
    """Log share among what follows the last article, drawn towards everybody's share."""
    seen = scene.followed
    return np.log((scene.following[1] * (seen + 1.0) + 20.0 * scene.share("1h")) / (seen + 20.0) + SHARE_FLOOR)


@feature
def mix(scene: FeatureInputs) -> FloatArray:
    return np.log(scene.candidates.mix + SHARE_FLOOR)


@feature
def next_evidence(scene: FeatureInputs) -> FloatArray:
    return scene.evidence(scene.state.counts.following, 0, scene.signals.visit[:1], np.ones(1), "30m")


@feature
def taste_share_gap(scene: FeatureInputs) -> FloatArray:
    """How much more popular the article is than the articles that the user clicks."""
    return scene.log_share("1h") - scene.reader("taste_share", 0.0)


@feature
def reads(scene: FeatureInputs) -> float:
    return scene.reader("total", 0.0)


@feature
def taste_share(scene: FeatureInputs) -> float:
    return scene.reader("taste_share", 0.0)


@feature
def last_share(scene: FeatureInputs) -> float:
    visit = scene.signals.visit
    return float(np.log(scene.signals.share("1h")[visit[0]] + 1e-5)) if len(visit) else 0.0


@feature
def segment_place(scene: FeatureInputs) -> FloatArray:
    """One over the place in the list of the segment's model."""
    return scene.listed[0]


@feature
def segment_score(scene: FeatureInputs) -> FloatArray:
    return scene.listed[1]


@feature
def segment(scene: FeatureInputs) -> float:
    """Number of the segment whose model made the list, -1 without a list."""
    return float(scene.candidates.listed.segment)


@feature
def section_liking(scene: FeatureInputs) -> FloatArray:
    return scene.section_liking
