"""Features of the match classifier: those of pairs that need no list, and what the vacancy is like."""

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.features.feature_names import NAMES as PAIR_NAMES
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.features.world import World

BITS = 8  # of contract types and of areas, each a column of its own
TOPICS = 24  # first numbers of the vacancy's vector
LEVELS = ("level", "academic", "english", "spanish")
KEPT = tuple(name for name in PAIR_NAMES if not name.endswith(("_rank", "_share")))
NAMES = (
    *KEPT,
    *(f"vacancy_{name}" for name in LEVELS),
    *(f"contract_{bit}" for bit in range(BITS)),
    *(f"area_{bit}" for bit in range(BITS)),
    *(f"topic_{number}" for number in range(TOPICS)),
    "title_words",
)


def match_features(world: World, candidates: IntArray, vacancies: IntArray, day: int) -> FloatArray:
    """float32 (n, len(NAMES)): features of pairs on a day, nan where something is not known."""
    pairs = pair_features(world, candidates, vacancies, day)[:, [PAIR_NAMES.index(name) for name in KEPT]]
    facts = world.vacancy_facts
    levels = [facts[name][vacancies] for name in LEVELS]
    bits = [(facts[name][vacancies] >> bit) & 1 for name in ("contract", "area") for bit in range(BITS)]
    topics = np.full((len(vacancies), TOPICS), np.nan, np.float32)
    text = world.vacancy_vectors("text")[vacancies][:, :TOPICS]
    topics[:, : text.shape[1]] = text
    columns = [pairs, np.stack([*levels, *bits], axis=1), topics, facts["title_words"][vacancies][:, None]]
    return np.concatenate([np.asarray(part, np.float32) for part in columns], axis=1)
