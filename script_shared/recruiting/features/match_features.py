"""Features of the match classifier: those of pairs that need no list, and what the vacancy's text is about."""

import numpy as np

from script_shared.arrays import Float32s, IntArray
from script_shared.recruiting.features.feature_names import NAMES as PAIR_NAMES
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.features.world import World

TOPICS = 24  # first numbers of the vacancy's vector
KEPT = tuple(name for name in PAIR_NAMES if not name.endswith(("_rank", "_share")))
NAMES = (*KEPT, *(f"topic_{number}" for number in range(TOPICS)))


def match_features(world: World, candidates: IntArray, vacancies: IntArray, day: int) -> Float32s:
    """float32 (n, len(NAMES)): features of pairs on a day, nan where something is not known.

    Args:
        world: facts, vectors and activity.
        candidates: int (n), rows.
        vacancies: int (n), rows.
        day: days since 1970-01-01; what happened later is not looked at.
    """
    pairs = pair_features(world, candidates, vacancies, day)[:, [PAIR_NAMES.index(name) for name in KEPT]]
    topics = np.full((len(vacancies), TOPICS), np.nan, np.float32)
    text = world.vacancy_vectors("text")[vacancies][:, :TOPICS]
    topics[:, : text.shape[1]] = text
    return np.concatenate([pairs, topics], axis=1)
