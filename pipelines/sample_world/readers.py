"""The users of the generated world, with the tastes and habits planted in them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.catalog import topic_weights
from pipelines.sample_world.circles import circles_of_readers
from pipelines.sample_world.groups import GROUPS
from pipelines.sample_world.sizes import draw_sizes, robot_count
from pipelines.sample_world.streams import choose, hex_ids, stream
from pipelines.sample_world.words import words
from script_shared.news.params import SampleParams

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

LOGGED_SHARE = 0.2061
LOGGED, SEMI_LOGGED, ANONYMOUS, ROBOT = range(4)
KINDS = ("logged", "semi_logged", "anonymous", "robot")
TASTE = np.array([0.25, 0.12, 0.06])  # chance of the first, second and third topic
REGION_CHANCE = 0.07  # chance of news from the home region; what is left goes to whatever the circle likes


@dataclass(frozen=True)
class Readers:
    """Rows are users.

    Attributes:
        ids: 64 hex characters each.
        sizes: int64[n], reads of each.
        kind: int64[n], row of ``KINDS``.
        group: int64[n], row of ``GROUPS``; -1 unless semi-logged.
        circle: int64[n], row of ``CIRCLES``; -1 unless logged.
        topics: int64[n, 3], national topics, strongest first, -1 where a user has fewer; logged users only.
        tastes: float64[n, 4], chance of each of these topics and of the home region; the rest is news in general.
        region: int64[n], row of ``words().states``, the home of the user.
        pace, depth: float64[n], personal factors of time on page and of scrolling, on a log scale.
    """

    ids: list[str]
    sizes: IntArray
    kind: IntArray
    group: IntArray
    circle: IntArray
    topics: IntArray
    tastes: FloatArray
    region: IntArray
    pace: FloatArray
    depth: FloatArray


def make_readers(params: SampleParams) -> Readers:
    """Draw all users of the world.

    Args:
        params: number of users, and the seed.
    """
    rng, count = stream(params.seed, "readers"), params.users
    ids = hex_ids(rng, count, 32)
    shuffled = rng.permutation(count)
    logged = np.zeros(count, bool)
    logged[shuffled[: round(LOGGED_SHARE * count)]] = True
    robots = shuffled[count - robot_count(params) :]
    sizes = draw_sizes(rng, params, logged, robots)
    kind = np.where(logged, LOGGED, np.where(sizes > 1, SEMI_LOGGED, ANONYMOUS))
    kind[robots] = ROBOT
    group = np.where(kind == SEMI_LOGGED, choose(rng, [group.share for group in GROUPS], count), -1)
    circle = circles_of_readers(params.seed, kind == LOGGED)
    topics, tastes = _tastes(rng, kind == LOGGED)
    region = choose(rng, words().state_weights, count)
    return Readers(ids, sizes, kind, group, circle, topics, tastes, region, *rng.normal(0.0, 0.15, (2, count)))


def _tastes(rng: np.random.Generator, logged: npt.NDArray[np.bool_]) -> tuple[IntArray, FloatArray]:
    count = len(logged)
    weights = np.sqrt(topic_weights(words())[: words().n_national])
    # The exponential race: the smallest of Exp(1) / weight are a weighted draw without repetition.
    race = rng.exponential(size=(count, len(weights))) / weights
    topics = np.argpartition(race, 3, axis=1)[:, :3]
    wanted = choose(rng, [0.3, 0.4, 0.3], count) + 1
    has = (np.arange(3) < wanted[:, None]) & logged[:, None]
    chances = np.where(has, TASTE, 0.0)
    chances *= TASTE.sum() / np.maximum(chances.sum(1, keepdims=True), TASTE[0])
    region = np.where(logged, REGION_CHANCE, 0.0)
    return np.where(has, topics, -1), np.column_stack([chances, region])
