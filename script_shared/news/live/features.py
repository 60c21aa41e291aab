"""The ranker's features: one function each, used by replay and by serving alike."""

from collections.abc import Callable, Sequence

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.news.live import windows
from script_shared.news.live.candidates import Candidates
from script_shared.news.live.decay import HOUR_MS
from script_shared.news.live.groups import DIMENSIONS
from script_shared.news.live.scene import SHARE_FLOOR, Scene

Feature = Callable[[Scene], FloatArray | float]
FEATURES: dict[str, Feature] = {}


def feature(function: Feature) -> Feature:
    """Enter a function under its own name."""
    FEATURES[function.__name__] = function
    return function


def matrix(found: Candidates, names: Sequence[str] | None = None) -> FloatArray:
    """float32 (m, features): the features of a request's candidates, by default all of ``FEATURES`` in their order."""
    scene, names = Scene(found), list(FEATURES) if names is None else names
    columns = np.empty((len(names), len(found)), np.float32)
    for place, name in enumerate(names):
        columns[place] = FEATURES[name](scene)
    return np.ascontiguousarray(columns.T)


def _share(window: str) -> Feature:
    return lambda scene: scene.log_share(window)


def _trend(short: str, long: str) -> Feature:
    return lambda scene: scene.log_share(short) - scene.log_share(long)


def _group(kind: int, window: int, dimension: int) -> Feature:
    return lambda scene: scene.groups[kind][window, dimension]


FEATURES.update({f"share_{window}": _share(window) for window in windows.OVERALL})
TRENDS = (("2m", "10m"), ("10m", "1h"), ("1h", "6h"), ("6h", "24h"))
FEATURES.update({f"trend_{short}_{long}": _trend(short, long) for short, long in TRENDS})
FEATURES.update(
    {
        f"{dimension.name}_{kind}_{window}": _group(kind_place, window_place, place)
        for place, dimension in enumerate(DIMENSIONS)
        for window_place, window in enumerate(windows.GROUP)
        for kind_place, kind in enumerate(("share", "lift"))
    }
)


@feature
def rank_10m(scene: Scene) -> FloatArray:
    return _places(scene.share("10m"))


@feature
def rank_1h(scene: Scene) -> FloatArray:
    return _places(scene.share("1h"))


def _places(values: FloatArray) -> FloatArray:
    places = np.empty(len(values))
    places[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return places


@feature
def age(scene: Scene) -> FloatArray:
    return scene.age_log


@feature
def quiet(scene: Scene) -> FloatArray:
    """Log seconds since the article's last click."""
    return np.log1p(np.maximum(scene.now_ms - scene.state.articles.last_ms[scene.rows], 0.0) / 1000.0)


@feature
def clicks(scene: Scene) -> FloatArray:
    return np.log1p(scene.state.articles.clicks[scene.rows])


@feature
def lifts_15m(scene: Scene) -> FloatArray:
    total: FloatArray = scene.groups[1][1].sum(axis=0)
    return total


@feature
def lifts_2h(scene: Scene) -> FloatArray:
    total: FloatArray = scene.groups[1][2].sum(axis=0)
    return total


@feature
def entry(scene: Scene) -> FloatArray:
    """Share of the article's clicks that began a visit."""
    counts, names = scene.state.groups, scene.state.group_names
    first = names.codes(scene.signals.about._replace(depth=0))[_DEPTH]
    result: FloatArray = counts.sums[2, first, scene.rows] / (counts.sums[2, 0, scene.rows] + 1e-30)
    return result


_DEPTH = 1 + [dimension.name for dimension in DIMENSIONS].index("depth")


@feature
def together_30m(scene: Scene) -> FloatArray:
    return scene.together[0]


@feature
def together_3h(scene: Scene) -> FloatArray:
    return scene.together[1]


@feature
def following_10m(scene: Scene) -> FloatArray:
    return scene.following[2]


@feature
def following_30m(scene: Scene) -> FloatArray:
    return scene.following[0]


@feature
def onward_30m(scene: Scene) -> FloatArray:
    return scene.onward[0]


@feature
def onward_lift(scene: Scene) -> FloatArray:
    return np.log((scene.onward[0] + 1e-4) / (scene.share("30m") + 1e-4))


@feature
def following_3h(scene: Scene) -> FloatArray:
    return scene.following[1]


@feature
def later_30m(scene: Scene) -> FloatArray:
    return scene.later[0]


@feature
def later_24h(scene: Scene) -> FloatArray:
    return scene.later[1]


@feature
def together_lift(scene: Scene) -> FloatArray:
    return np.log((scene.together[1] + 1e-4) / (scene.share("1h") + 1e-4))


@feature
def following_lift(scene: Scene) -> FloatArray:
    return np.log((scene.following[1] + 1e-4) / (scene.share("1h") + 1e-4))


@feature
def later_lift(scene: Scene) -> FloatArray:
    return np.log((scene.later[1] + 1e-4) / (scene.share("24h") + 1e-4))


@feature
def next_share(scene: Scene) -> FloatArray:
    """Log share among what follows the last article, drawn towards everybody's share."""
    seen = scene.followed
    return np.log((scene.following[1] * (seen + 1.0) + 20.0 * scene.share("1h")) / (seen + 20.0) + SHARE_FLOOR)


@feature
def mix(scene: Scene) -> FloatArray:
    return np.log(scene.candidates.mix + SHARE_FLOOR)


@feature
def visit_evidence(scene: Scene) -> FloatArray:
    signals = scene.signals
    return scene.evidence(scene.state.together, 1, signals.visit, signals.visit_weights, "3h")


@feature
def earlier_evidence(scene: Scene) -> FloatArray:
    signals = scene.signals
    return scene.evidence(scene.state.later, 1, signals.earlier, signals.earlier_weights, "24h")


@feature
def next_evidence(scene: Scene) -> FloatArray:
    return scene.evidence(scene.state.following, 0, scene.signals.visit[:1], np.ones(1), "30m")


@feature
def all_evidence(scene: Scene) -> FloatArray:
    evidence = visit_evidence(scene) + earlier_evidence(scene) + lifts_15m(scene)
    return scene.log_share("30m") + 0.5 * evidence


@feature
def taste_share_gap(scene: Scene) -> FloatArray:
    """How much more popular the article is than what the reader takes."""
    return scene.log_share("1h") - scene.reader("taste_share", 0.0)


@feature
def taste_age_gap(scene: Scene) -> FloatArray:
    return scene.age_log - scene.reader("taste_age", 0.0)


@feature
def new_to_reader(scene: Scene) -> FloatArray | float:
    """1 when the article appeared after the reader's visit before, -2 when there was none."""
    before = scene.visit_before_ms
    return -2.0 if before < 0 else (scene.state.articles.first_ms[scene.rows] > before).astype(np.float32)


@feature
def depth(scene: Scene) -> float:
    return float(scene.signals.depth)


@feature
def reads(scene: Scene) -> float:
    return scene.reader("total", 0.0)


@feature
def hour(scene: Scene) -> float:
    return (scene.now_ms / HOUR_MS - 3.0) % 24.0


@feature
def taste_share(scene: Scene) -> float:
    return scene.reader("taste_share", 0.0)


@feature
def taste_age(scene: Scene) -> float:
    return scene.reader("taste_age", 0.0)


@feature
def away(scene: Scene) -> float:
    """Hours since the reader's visit before."""
    before = scene.visit_before_ms
    return 999.0 if before < 0 else (scene.now_ms - before) / HOUR_MS


@feature
def last_age(scene: Scene) -> float:
    visit = scene.signals.visit
    first = float(scene.state.articles.first_ms[visit[0]]) if len(visit) else 0.0
    return float(np.log1p(max(scene.now_ms - first, 0.0) / HOUR_MS)) if len(visit) else -1.0


@feature
def last_share(scene: Scene) -> float:
    visit = scene.signals.visit
    return float(np.log(scene.signals.share("1h")[visit[0]] + 1e-5)) if len(visit) else 0.0


@feature
def followed(scene: Scene) -> float:
    return float(np.log1p(scene.followed))


@feature
def earlier_reads(scene: Scene) -> float:
    return float(len(scene.signals.earlier))
