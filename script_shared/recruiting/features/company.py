"""How similar a candidate is to earlier applicants of a vacancy."""

import numpy as np

from script_shared.arrays import Float32s, FloatArray
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.features.listed import PairLists
from script_shared.recruiting.features.past import DECAY
from script_shared.recruiting.features.vacancy_side import shared_applicants
from script_shared.recruiting.features.world import World


def add_company(world: World, pairs: PairLists, found: dict[str, FloatArray]) -> None:
    """Add how similar the candidate is to the other earlier applicants."""
    past, learnt = pairs.past, world.vacancy_vectors("learnt")
    own = learnt[np.maximum(past.rows, 0)] * np.where(past.rows < 0, 0.0, DECAY)[:, :, None]
    profile = unit(own.sum(axis=1))
    things, which = np.unique(pairs.vacancies, return_inverse=True)
    others = world.side.profiles(things, learnt, pairs.day)[which]
    for at in _find_applied(world, pairs):
        others[at] = world.side.profile(int(pairs.vacancies[at]), learnt, int(pairs.candidates[at]))
    alike = np.einsum("nd,nd->n", profile[pairs.who], others)
    known = np.asarray(profile.any(axis=1))[pairs.who] & others.any(axis=1)
    found["applicants_learnt"] = np.where(known, alike, np.nan)


def add_shared(world: World, pairs: PairLists, found: dict[str, FloatArray]) -> None:
    """Add how many applicants the vacancy shares with the candidate's latest ones, and the share of the list's most."""
    shared = np.zeros(len(pairs.vacancies), np.float32)
    alone = set(_find_applied(world, pairs))
    for part in pairs.lists:
        one = len(set(pairs.who[part].tolist())) == 1
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
    found = np.zeros(part.stop - part.start, np.float32)
    rows = pairs.past.rows[pairs.who[part]].tolist()
    for place, (latest, vacancy) in enumerate(zip(rows, pairs.vacancies[part].tolist(), strict=True)):
        at = part.start + place
        if at in alone:
            by_other = shared_applicants(world.activity, [vacancy], int(pairs.candidates[at]))
        else:
            by_other = world.side.count_shared(vacancy, pairs.day)
        if by_other:
            found[place] = sum(by_other.get(older, 0.0) for older in latest)
    return found
