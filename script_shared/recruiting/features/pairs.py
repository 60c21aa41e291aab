"""Features of pairs of a candidate and a vacancy on a day, for training and for serving.

Everything is of the days before that day: the activity holds what was applied to by then, and an outcome counts only
when its own date is earlier. The names are in ``feature_names``.
"""

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.recruiting.features.activity import UNDECIDED
from script_shared.recruiting.features.company import add_company
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.need import add_need
from script_shared.recruiting.features.past import DECAY, Past, past_of
from script_shared.recruiting.features.vacancy_side import NAMES as VACANCY_NUMBERS
from script_shared.recruiting.features.world import World

SPACES = ("learnt", "title", "text", "learnt_title")
GOOD = 1  # grade from which on an outcome speaks for a candidate
OLDEST = 400.0  # days that differences are cut to


def pair_features(world: World, candidates: IntArray, vacancies: IntArray, day: int) -> Float32s:
    """float32 (n, len(NAMES)): features of pairs, nan where something is not known.

    Args:
        world: vectors, facts and activity of all candidates and vacancies.
        candidates: int (n), row of the candidate of each pair. The pairs are one list that is put in order, so ranks
            within it are features, too.
        vacancies: int (n), row of the vacancy of each pair.
        day: days since 1970-01-01.
    """
    people, who = np.unique(candidates, return_inverse=True)
    things = np.unique(vacancies)
    past = past_of(world, people, int(things[0]) if len(things) == 1 else -1, day)
    found: dict[str, FloatArray] = {}
    numbers = world.side.numbers(vacancies, day)
    found.update({name: numbers[:, place] for place, name in enumerate(VACANCY_NUMBERS)})
    found["age_days"] = np.clip(day - world.vacancy_facts["asked"][vacancies], -1, OLDEST).astype(np.float32)
    _past_similarities(world, past, who, vacancies, found)
    _own_similarities(world, candidates, vacancies, found)
    _same(world, past, who, vacancies, found)
    _fit(world, candidates, vacancies, found)
    add_need(world, vacancies, day, found)
    add_company(world, past, (candidates, who, vacancies), day, found)
    _times(world, past, who, vacancies, day, found)
    for name, source, sign in (
        ("age_rank", "age_days", 1),
        ("learnt_rank", "learnt_max", -1),
        ("title_rank", "title_max", -1),
        ("shared_rank", "applicants_shared", -1),
        ("recent_rank", "applicants_7d", -1),
    ):
        found[name] = _rank(sign * found[source])
    fresh = np.nan_to_num(found["age_days"], nan=OLDEST)
    for name, source in (("fresh_learnt_rank", "learnt_mean"), ("fresh_title_rank", "title_max")):
        found[name] = _rank_among_fresh(np.nan_to_num(found[source], nan=-1.0), fresh)
    found["age_by_learnt"] = np.log1p(np.maximum(fresh, 0)) - 4 * np.nan_to_num(found["learnt_mean"])
    return np.stack([found[name] for name in NAMES], axis=1).astype(np.float32)


def _rank_among_fresh(near: FloatArray, age: FloatArray) -> Float32s:
    """float32 (n): how many vacancies are at least as new and nearer."""
    better = (near[None, :] > near[:, None]) & (age[None, :] <= age[:, None])
    count: FloatArray = better.sum(axis=1).astype(np.float32)
    return count


def _rank(values: FloatArray) -> FloatArray:
    """Share of the list that is before each value; equal values share the first place."""
    filled = np.nan_to_num(values, nan=np.inf)
    found: FloatArray = np.searchsorted(np.sort(filled), filled) / max(len(filled), 1)
    return found


def _past_similarities(
    world: World, past: Past, who: IntArray, vacancies: IntArray, found: dict[str, FloatArray]
) -> None:
    missing = past.rows < 0
    weight = np.where(missing, 0.0, DECAY)
    total = weight.sum(axis=1)
    share = (weight / np.where(total > 0, total, 1.0)[:, None])[who]
    for space in SPACES:
        vectors = world.vacancy_vectors(space)
        older = vectors[np.maximum(past.rows, 0)]
        if len(older) == 1:
            alike = vectors[vacancies] @ older[0].T
        else:
            alike = np.einsum("nd,nkd->nk", vectors[vacancies], older[who])
        alike = np.where(missing[who], np.nan, alike)
        empty = missing[who, 0]
        lowest = np.where(np.isnan(alike), -2.0, alike)
        found[f"{space}_last"] = alike[:, 0]
        found[f"{space}_max"] = np.where(empty, np.nan, lowest.max(axis=1))
        found[f"{space}_mean"] = np.where(empty, np.nan, (np.nan_to_num(alike) * share).sum(axis=1))
        if space == "learnt":
            good = lowest[:, :].copy()
            good[past.grades[who] < GOOD] = -2.0
            best = good.max(axis=1)
            found["good_learnt"] = np.where(best < -1.5, np.nan, best)


def _own_similarities(world: World, candidates: IntArray, vacancies: IntArray, found: dict[str, FloatArray]) -> None:
    for name, space, other in (
        ("cv_learnt", "learnt", "learnt"),
        ("cv_title", "title", "title"),
        ("cv_text", "text", "text"),
    ):
        own = world.candidate_vectors(space)[candidates]
        alike = np.einsum("nd,nd->n", own, world.vacancy_vectors(other)[vacancies])
        found[name] = np.where(own.any(axis=1), alike, np.nan)


def _same(world: World, past: Past, who: IntArray, vacancies: IntArray, found: dict[str, FloatArray]) -> None:
    """Share of the latest vacancies that agree with the vacancy."""
    facts, missing = world.vacancy_facts, past.rows < 0
    count = (~missing).sum(axis=1)[who]
    older = np.maximum(past.rows, 0)
    for name in ("title", "city", "state", "client", "contract", "area"):
        then, now = facts[name][older][who], facts[name][vacancies][:, None]
        same = (then & now) != 0 if name in ("contract", "area") else (then == now) & (now >= 0)
        agreed = (same & ~missing[who]).sum(axis=1)
        found[f"same_{name}"] = np.where(count > 0, agreed / np.maximum(count, 1), np.nan)
    for name in ("level", "academic", "english", "spanish"):
        latest = np.where(missing[:, 0], np.nan, facts[name][older[:, 0]])[who]
        found[f"{name}_gap"] = (facts[name][vacancies] - latest).astype(np.float32)


def _fit(world: World, candidates: IntArray, vacancies: IntArray, found: dict[str, FloatArray]) -> None:
    """What a candidate has above what the vacancy asks for."""
    for name in ("level", "academic", "english", "spanish"):
        above = world.candidate_facts[name][candidates] - world.vacancy_facts[name][vacancies]
        found[f"{name}_fit"] = above.astype(np.float32)


def _times(
    world: World, past: Past, who: IntArray, vacancies: IntArray, day: int, found: dict[str, FloatArray]
) -> None:
    none = past.rows[:, 0] < 0
    last = np.where(none, np.nan, past.days[:, 0])
    found["past_vacancies"] = past.counts[who].astype(np.float32)
    found["days_since_last"] = np.minimum(day - last, OLDEST)[who]
    found["asked_after_last"] = np.clip(world.vacancy_facts["asked"][vacancies] - last[who], -OLDEST, OLDEST)
    found["last_refused"] = np.where(none, np.nan, past.grades[:, 0] == 0)[who]
    best = past.grades.max(axis=1)
    found["best_known_grade"] = np.where(best == UNDECIDED, np.nan, best)[who]
