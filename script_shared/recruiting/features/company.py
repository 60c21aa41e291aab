"""How similar a candidate is to earlier applicants of a vacancy."""

import numpy as np

from script_shared.arrays import Bools, Float32s, FloatArray, IntArray
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.features.listed import PairLists
from script_shared.recruiting.features.past import DECAY
from script_shared.recruiting.features.vacancy_side import shared_applicants
from script_shared.recruiting.features.world import World


def add_company(world: World, pairs: PairLists, found: dict[str, FloatArray]) -> None:
    """Add how similar the candidate is to the other earlier applicants."""
    learnt = world.vacancy_vectors("learnt")
    profile = unit(_weighted_sum(learnt, pairs.past.rows))
    things, which = np.unique(pairs.vacancies, return_inverse=True)
    others = world.side.profiles(things, learnt)[which]
    for at in _find_applied(world, pairs):
        others[at] = world.side.profile(int(pairs.vacancies[at]), learnt, int(pairs.candidates[at]))
    alike = np.einsum("nd,nd->n", profile[pairs.who], others)
    known = has_numbers(profile)[pairs.who] & has_numbers(others)
    found["applicants_learnt"] = np.where(known, alike, np.nan)


def _weighted_sum(vectors: FloatArray, rows: IntArray) -> Float32s:
    """float32 (n, width): sum of each one's latest vacancies, the newest with the highest weight."""
    found = np.zeros((len(rows), vectors.shape[1]), np.float32)
    for at, weight in enumerate(DECAY):
        has = np.flatnonzero(rows[:, at] >= 0)
        found[has] += vectors[rows[has, at]] * weight
    return found


def has_numbers(vectors: FloatArray) -> Bools:
    """bool (n): which rows are not all zeros.

    Args:
        vectors: float (n, width).
    """
    found: Bools = np.einsum("nd,nd->n", vectors, vectors) > 0
    return found


def add_shared(world: World, pairs: PairLists, found: dict[str, FloatArray]) -> None:
    """Add how many applicants the vacancy shares with the candidate's latest ones, and the share of the list's most."""
    shared = np.zeros(len(pairs.vacancies), np.float32)
    alone = set(_find_applied(world, pairs))
    for part in pairs.lists:
        one = bool((pairs.who[part] == pairs.who[part.start]).all())
        shared[part] = _of_one(world, pairs, part) if one else _of_many(world, pairs, part, alone)
    found["applicants_shared"] = shared
    found["shared_share"] = shared.copy()
    for part in pairs.lists:
        top = float(shared[part].max(initial=0.0))
        if top > 0:
            found["shared_share"][part] /= top


def _find_applied(world: World, pairs: PairLists) -> list[int]:
    """Places of the pairs in lists of one vacancy of which the candidate has applied to it already."""
    found: list[int] = []
    for part in pairs.lists_of_vacancies:
        entries = world.activity.of_vacancy.get(int(pairs.vacancies[part.start]))
        if entries:
            applicants = {entry[0] for entry in entries}
            rows = enumerate(pairs.candidates[part].tolist(), part.start)
            found += [at for at, row in rows if row in applicants]
    return found


def _of_one(world: World, pairs: PairLists, part: slice) -> Float32s:
    """float32 (n) of a list of one candidate."""
    latest = pairs.past.rows[pairs.who[part.start]]
    by_vacancy = shared_applicants(world.activity, latest[latest >= 0].tolist(), int(pairs.candidates[part.start]))
    return np.asarray([by_vacancy.get(row, 0.0) for row in pairs.vacancies[part].tolist()], np.float32)


def _of_many(world: World, pairs: PairLists, part: slice, alone: set[int]) -> Float32s:
    """float32 (n) of a list of several candidates.

    Args:
        alone: places of pairs of which the candidate must be left out of the vacancy's applicants.
    """
    rows, vacancies = pairs.past.rows[pairs.who[part]], pairs.vacancies[part]
    found = np.zeros(len(rows), np.float32)
    for vacancy in np.unique(vacancies).tolist():
        places = np.flatnonzero(vacancies == vacancy)
        found[places] = world.side.count_shared(vacancy, rows[places]).sum(axis=1)
    for at in alone.intersection(range(part.start, part.stop)):
        place, candidate = at - part.start, int(pairs.candidates[at])
        by_other = shared_applicants(world.activity, [int(vacancies[place])], candidate)
        found[place] = sum(by_other.get(older, 0.0) for older in rows[place].tolist())
    return found
