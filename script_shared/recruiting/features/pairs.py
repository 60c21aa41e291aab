"""Features of pairs of a candidate and a vacancy on a day, for training and for serving.

Everything is of the days before that day: the activity holds what was applied to by then, and an outcome counts only
when its own date is earlier. The names are in ``feature_names``.
"""

from dataclasses import dataclass

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.features.activity import UNDECIDED, known_grade
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.vacancy_side import NAMES as VACANCY_NUMBERS
from script_shared.recruiting.features.vacancy_side import shared_applicants
from script_shared.recruiting.features.world import World

LATEST = 5  # of a candidate's vacancies that are compared
SPACES = ("learnt", "title", "text", "learnt_title")
GOOD = 1  # grade from which on an outcome speaks for a candidate
DECAY = np.asarray([1.0, 0.7, 0.5, 0.35, 0.25], np.float32)  # weight of the latest vacancies in a mean
OLDEST = 400.0  # days that differences are cut to


@dataclass(frozen=True)
class Past:
    """The latest vacancies of some candidates, newest first.

    Attributes:
        rows: int (candidates, LATEST) vacancy, -1 where there are fewer.
        days, grades: of the applications; a grade that was not known by the day is UNDECIDED.
        counts: (candidates) vacancies in all.
    """

    rows: IntArray
    days: IntArray
    grades: IntArray
    counts: IntArray


def pair_features(world: World, candidates: IntArray, vacancies: IntArray, day: int) -> FloatArray:
    """float32 (n, len(NAMES)): features of pairs, nan where something is not known.

    Args:
        candidates, vacancies: int (n) rows of each pair; the pairs are one list that is put in order, so that ranks
            within it are features, too.
        day: days since 1970-01-01.
    """
    people, who = np.unique(candidates, return_inverse=True)
    things = np.unique(vacancies)
    past = _past(world, people, int(things[0]) if len(things) == 1 else -1, day)
    found: dict[str, FloatArray] = {}
    numbers = world.side.numbers(vacancies, day)
    found.update({name: numbers[:, place] for place, name in enumerate(VACANCY_NUMBERS)})
    found["age_days"] = np.clip(day - world.vacancy_facts["asked"][vacancies], -1, OLDEST).astype(np.float32)
    _past_similarities(world, past, who, vacancies, found)
    _own_similarities(world, candidates, vacancies, found)
    _same(world, past, who, vacancies, found)
    _fit(world, candidates, vacancies, found)
    _company(world, past, (candidates, who, vacancies), day, found)
    _times(world, past, who, vacancies, day, found)
    for name, source, sign in (
        ("age_rank", "age_days", 1),
        ("learnt_rank", "learnt_max", -1),
        ("title_rank", "title_max", -1),
        ("shared_rank", "applicants_shared", -1),
        ("recent_rank", "applicants_7d", -1),
    ):
        found[name] = _rank(sign * found[source])
    return np.stack([found[name] for name in NAMES], axis=1).astype(np.float32)


def _rank(values: FloatArray) -> FloatArray:
    """Share of the list that is before each value; equal values share the first place."""
    filled = np.nan_to_num(values, nan=np.inf)
    found: FloatArray = np.searchsorted(np.sort(filled), filled) / max(len(filled), 1)
    return found


def _past(world: World, people: IntArray, leave_out: int, day: int) -> Past:
    rows = np.full((len(people), LATEST), -1, np.int64)
    days = np.zeros((len(people), LATEST), np.int64)
    grades = np.full((len(people), LATEST), UNDECIDED, np.int64)
    counts = np.zeros(len(people), np.int64)
    for place, person in enumerate(people.tolist()):
        entries = world.activity.of_candidate.get(person, ())
        counts[place] = sum(entry[0] != leave_out for entry in entries)
        for at, entry in enumerate(world.activity.latest(person, LATEST, leave_out)):
            rows[place, at], days[place, at], grades[place, at] = entry[0], entry[1], known_grade(entry, day)
    return Past(rows, days, grades, counts)


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
        found[f"{name}_gap"] = facts[name][vacancies] - latest


def _fit(world: World, candidates: IntArray, vacancies: IntArray, found: dict[str, FloatArray]) -> None:
    """What a candidate has above what the vacancy asks for."""
    for name in ("level", "academic", "english", "spanish"):
        found[f"{name}_fit"] = world.candidate_facts[name][candidates] - world.vacancy_facts[name][vacancies]


def _company(
    world: World, past: Past, pairs: tuple[IntArray, IntArray, IntArray], day: int, found: dict[str, FloatArray]
) -> None:
    """How near the candidate is to those who applied already, the candidate left out."""
    candidates, who, vacancies = pairs
    learnt = world.vacancy_vectors("learnt")
    own = learnt[np.maximum(past.rows, 0)] * np.where(past.rows < 0, 0.0, DECAY)[:, :, None]
    profile = unit(own.sum(axis=1))
    things, which = np.unique(vacancies, return_inverse=True)
    others = world.side.profiles(things, learnt, day)[which]
    for at in _applied(world, candidates, vacancies):
        others[at] = world.side.profile(int(vacancies[at]), learnt, int(candidates[at]))
    alike = np.einsum("nd,nd->n", profile[who], others)
    known = np.asarray(profile.any(axis=1))[who] & others.any(axis=1)
    found["applicants_learnt"] = np.where(known, alike, np.nan)
    shared = _shared(world, past, pairs, day)
    found["applicants_shared"] = shared
    top = float(shared.max()) if len(shared) else 0.0
    found["shared_share"] = shared / top if top > 0 else shared


def _applied(world: World, candidates: IntArray, vacancies: IntArray) -> list[int]:
    """Places of the pairs of which the candidate has applied to the vacancy already."""
    of_vacancy = world.activity.of_vacancy
    if len(set(vacancies.tolist())) != 1:
        return []
    applicants = {entry[0] for entry in of_vacancy.get(int(vacancies[0]), ())}
    return [at for at, row in enumerate(candidates.tolist()) if row in applicants]


def _shared(world: World, past: Past, pairs: tuple[IntArray, IntArray, IntArray], day: int) -> FloatArray:
    """float32 (n): applicants that the vacancy shares with the candidate's latest ones."""
    candidates, who, vacancies = pairs
    if len(past.rows) == 1:
        older = past.rows[0][past.rows[0] >= 0].tolist()
        by_vacancy = shared_applicants(world.activity, older, int(candidates[0])) if len(candidates) else {}
        return np.asarray([by_vacancy.get(row, 0.0) for row in vacancies.tolist()], np.float32)
    shared = np.zeros(len(vacancies), np.float32)
    alone = set(_applied(world, candidates, vacancies))
    for at, (row, vacancy) in enumerate(zip(who.tolist(), vacancies.tolist(), strict=True)):
        if at in alone:
            by_other = shared_applicants(world.activity, [vacancy], int(candidates[at]))
        else:
            by_other = world.side.shared(vacancy, day)
        shared[at] = sum(by_other.get(older, 0.0) for older in past.rows[row].tolist())
    return shared


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
