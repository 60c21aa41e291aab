"""How similar a candidate is to earlier applicants of a vacancy."""

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.features.past import DECAY, Past
from script_shared.recruiting.features.vacancy_side import shared_applicants
from script_shared.recruiting.features.world import World


def add_company(
    world: World, past: Past, pairs: tuple[IntArray, IntArray, IntArray], day: int, found: dict[str, FloatArray]
) -> None:
    """How similar the candidate is to the other earlier applicants."""
    candidates, who, vacancies = pairs
    learnt = world.vacancy_vectors("learnt")
    own = learnt[np.maximum(past.rows, 0)] * np.where(past.rows < 0, 0.0, DECAY)[:, :, None]
    profile = unit(own.sum(axis=1))
    things, which = np.unique(vacancies, return_inverse=True)
    others = world.side.profiles(things, learnt, day)[which]
    for at in _find_applied(world, candidates, vacancies):
        others[at] = world.side.profile(int(vacancies[at]), learnt, int(candidates[at]))
    alike = np.einsum("nd,nd->n", profile[who], others)
    known = np.asarray(profile.any(axis=1))[who] & others.any(axis=1)
    found["applicants_learnt"] = np.where(known, alike, np.nan)
    shared = _count_shared(world, past, pairs, day)
    found["applicants_shared"] = shared
    top = float(shared.max()) if len(shared) else 0.0
    found["shared_share"] = shared / top if top > 0 else shared


def _find_applied(world: World, candidates: IntArray, vacancies: IntArray) -> list[int]:
    """Places of the pairs of which the candidate has applied to the vacancy already."""
    of_vacancy = world.activity.of_vacancy
    if len(set(vacancies.tolist())) != 1:
        return []
    applicants = {entry[0] for entry in of_vacancy.get(int(vacancies[0]), ())}
    return [at for at, row in enumerate(candidates.tolist()) if row in applicants]


def _count_shared(world: World, past: Past, pairs: tuple[IntArray, IntArray, IntArray], day: int) -> Float32s:
    """float32 (n): applicants that the vacancy shares with the candidate's latest ones."""
    candidates, who, vacancies = pairs
    if len(past.rows) == 1:
        older = past.rows[0][past.rows[0] >= 0].tolist()
        by_vacancy = shared_applicants(world.activity, older, int(candidates[0])) if len(candidates) else {}
        return np.asarray([by_vacancy.get(row, 0.0) for row in vacancies.tolist()], np.float32)
    shared = np.zeros(len(vacancies), np.float32)
    alone = set(_find_applied(world, candidates, vacancies))
    for at, (row, vacancy) in enumerate(zip(who.tolist(), vacancies.tolist(), strict=True)):
        if at in alone:
            by_other = shared_applicants(world.activity, [vacancy], int(candidates[at]))
        else:
            by_other = world.side.count_shared(vacancy, day)
        shared[at] = sum(by_other.get(older, 0.0) for older in past.rows[row].tolist())
    return shared
