"""Features of the match classifier: those of pairs that need no list, the vacancy's topics, the day's applications."""

from collections.abc import Iterable

import numpy as np

from script_shared.arrays import Float32s, IntArray
from script_shared.recruiting.features.activity import Known
from script_shared.recruiting.features.feature_names import NAMES as PAIR_NAMES
from script_shared.recruiting.features.listed import PairLists, one_list
from script_shared.recruiting.features.pairs import features_of
from script_shared.recruiting.features.world import World

TOPICS = 24  # first numbers of the vacancy's vector
KEPT = tuple(name for name in PAIR_NAMES if not name.endswith(("_rank", "_share")))
_KEPT_PLACES = [PAIR_NAMES.index(name) for name in KEPT]
TODAY = ("vacancy_today", "candidate_today")
NAMES = (*KEPT, *(f"topic_{number}" for number in range(TOPICS)), *TODAY)


def match_features(
    world: World, candidates: IntArray, vacancies: IntArray, day: int, today: IntArray | None = None
) -> Float32s:
    """float32 (n, len(NAMES)): features of pairs on a day, nan where something is not known.

    Args:
        world: facts, vectors and activity.
        candidates: int (n), rows.
        vacancies: int (n), rows.
        day: days since 1970-01-01; later events are ignored.
        today: int (n, 2) applications to the vacancy and of the candidate on that day, including the pair's own;
            None counts those of the activity, or only the pair's own if there are none.
    """
    return of_pairs(world, one_list(world, candidates, vacancies, day), today)


def of_pairs(world: World, listed: PairLists, today: IntArray | None = None) -> Float32s:
    """float32 (n, len(NAMES)): the same of pairs in lists.

    Args:
        world: facts, vectors and activity.
        listed: pairs in their lists.
        today: see ``match_features``.

    Returns:
        float32 (n, len(NAMES)).
    """
    features = features_of(world, listed)
    return from_pair_features(world, features, listed.candidates, listed.vacancies, listed.day, today)


def from_pair_features(
    world: World,
    features: Float32s,
    candidates: IntArray,
    vacancies: IntArray,
    day: int,
    today: IntArray | None = None,
) -> Float32s:
    """float32 (n, len(NAMES)): the same from features of pairs that were computed before, in any list.

    Args:
        world: vectors and activity.
        features: float32 (n, features), as ``pair_features`` makes them.
        candidates: int (n), rows.
        vacancies: int (n), rows.
        day: days since 1970-01-01, of the features.
        today: see ``match_features``.

    Returns:
        float32 (n, len(NAMES)).
    """
    pairs = features[:, _KEPT_PLACES]
    topics = np.full((len(vacancies), TOPICS), np.nan, np.float32)
    text = world.vacancy_vectors("text")[vacancies][:, :TOPICS]
    topics[:, : text.shape[1]] = text
    counts = _today(world, candidates, vacancies, day) if today is None else today
    return np.concatenate([pairs, topics, counts.astype(np.float32)], axis=1)


def _today(world: World, candidates: IntArray, vacancies: IntArray, day: int) -> IntArray:
    sides = ((vacancies, world.activity.of_vacancy), (candidates, world.activity.of_candidate))
    counts = [{row: _of_day(known.get(row, ()), day) for row in set(rows.tolist())} for rows, known in sides]
    found = [[count[row] for row in rows.tolist()] for count, (rows, _) in zip(counts, sides, strict=True)]
    return np.asarray(found, np.int64).T.reshape(-1, len(TODAY))


def _of_day(entries: Iterable[Known], day: int) -> int:
    return max(1, sum(entry[1] == day for entry in entries))
