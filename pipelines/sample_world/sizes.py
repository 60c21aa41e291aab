"""How many articles each user reads: most read one or two, a few read thousands."""

import numpy as np
import numpy.typing as npt

from script_shared.news.params import SampleParams

LOGGED_READS_SHARE = 0.4526  # of all interactions
ROBOT_SHARE = 0.00023  # of all users: from 800 reads up
ROBOT_READS = (800, 7004)
READS_PER_DAY = 25.0  # at most, of a person


def draw_sizes(
    rng: np.random.Generator, params: SampleParams, logged: npt.NDArray[np.bool_], robots: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """int64[users]: reads of each user, at least 1, with the challenge's shares and quartiles.

    Args:
        logged: bool[users].
        robots: rows of users that are robots; they take part of the reads of those who are not logged in.
    """
    cap = max(2.0, min(790.0, READS_PER_DAY * params.days))
    spread = rng.standard_normal(params.users)
    raw = np.where(logged, 7.0 * np.exp(1.72 * spread), 1.75 * np.exp(1.85 * spread))
    sizes = np.ones(params.users, np.int64)
    sizes[robots] = _robot_sizes(rng, params, len(robots))
    people = np.ones(params.users, bool)
    people[robots] = False
    logged_reads = int(LOGGED_READS_SHARE * params.interactions)
    rest = params.interactions - logged_reads - int(sizes[robots].sum())
    for part, total in ((logged & people, logged_reads), (~logged & people, rest)):
        sizes[part] = _fit_total(raw[part], total, cap)
    return sizes


def robot_cap(params: SampleParams) -> int:
    """The most that a robot reads; a small world has too few articles to have robots at all."""
    return min(ROBOT_READS[1], params.articles // 4)


def robot_count(params: SampleParams) -> int:
    """How many users are robots."""
    enough = robot_cap(params) > ROBOT_READS[0] and params.interactions > 20 * ROBOT_READS[0]
    return max(2, round(ROBOT_SHARE * params.users)) if enough else 0


def _robot_sizes(rng: np.random.Generator, params: SampleParams, count: int) -> npt.NDArray[np.int64]:
    low, high = np.log(ROBOT_READS[0]), np.log(max(ROBOT_READS[0], robot_cap(params)))
    return np.exp(rng.uniform(low, high, count)).astype(np.int64)


def _fit_total(raw: npt.NDArray[np.float64], total: int, cap: float) -> npt.NDArray[np.int64]:
    low, high = 1e-6, 1e6
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        if np.clip(np.floor(raw * middle), 1, cap).sum() > total:
            high = middle
        else:
            low = middle
    return np.clip(np.floor(raw * low), 1, cap).astype(np.int64)
