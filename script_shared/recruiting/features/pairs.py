"""Features of pairs of a candidate and a vacancy on a day, for training and for serving.

Everything is of the days before that day: the activity holds what was applied to by then, and an outcome counts only
when its own date is earlier. The names are in ``feature_names``.
"""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.recruiting.features.activity import UNDECIDED
from script_shared.recruiting.features.company import add_company, add_shared, has_numbers
from script_shared.recruiting.features.feature_names import NAMES, NEED
from script_shared.recruiting.features.listed import PairLists, one_list
from script_shared.recruiting.features.need import need_columns
from script_shared.recruiting.features.past import DECAY, Past
from script_shared.recruiting.features.vacancy_side import NAMES as VACANCY_NUMBERS
from script_shared.recruiting.features.world import World

LIST_RANKS = (  # feature, what it ranks, 1 for the smallest first
    ("age_rank", "age_days", 1),
    ("learnt_rank", "learnt_max", -1),
    ("title_rank", "title_max", -1),
    ("shared_rank", "applicants_shared", -1),
    ("recent_rank", "applicants_7d", -1),
)
GOOD = 1  # grade from which on an outcome speaks for a candidate
OLDEST = 400.0  # days that differences are cut to
PLACES = {name: place for place, name in enumerate(NAMES)}


def pair_features(
    world: World, candidates: IntArray, vacancies: IntArray, day: int, rows: IntArray | None = None
) -> Float32s:
    """float32 (n, len(NAMES)): features of pairs, nan where something is not known.

    Args:
        world: vectors, facts and activity of all candidates and vacancies.
        candidates: int (n), row of the candidate of each pair. The pairs are one list that is put in order, so ranks
            within it are features, too.
        vacancies: int (n), row of the vacancy of each pair.
        day: days since 1970-01-01.
        rows: int (m), places in the list whose features are wanted, None for all.

    Returns:
        float32 (n, len(NAMES)), or (m, len(NAMES)) of the wanted places.
    """
    return features_of(world, one_list(world, candidates, vacancies, day), rows)


def features_of(world: World, pairs: PairLists, rows: IntArray | None = None) -> Float32s:
    """float32 (n, len(NAMES)): features of the pairs of one or several lists, nan where something is not known.

    Args:
        world: vectors, facts and activity of all candidates and vacancies.
        pairs: in their lists.
        rows: int (m), places whose features are wanted, of a single list; None for all.

    Returns:
        float32 (n, len(NAMES)), or (m, len(NAMES)) of the wanted places.
    """
    found = list_columns(world, pairs)
    return row_features(world, *of_rows(pairs, found, rows))


def of_rows(
    pairs: PairLists, found: dict[str, FloatArray], rows: IntArray | None
) -> tuple[PairLists, dict[str, FloatArray]]:
    """Some pairs of a list with their columns, and with the ranks that compare each with the whole list.

    Args:
        pairs: of a single list; of one or several lists if ``rows`` is None.
        found: float (n) by name, as ``list_columns`` gives them.
        rows: int (m), places of the pairs, None for all.

    Returns:
        the pairs, and float (m) by name.
    """
    fresh = _fresh_ranks(pairs.lists, found, rows)
    if rows is None:
        return pairs, found | fresh
    return pairs.take(rows), {name: column[rows] for name, column in found.items()} | fresh


def row_features(world: World, pairs: PairLists, found: dict[str, FloatArray]) -> Float32s:
    """float32 (n, len(NAMES)): the features, from columns that ``of_rows`` gives; the others need no list.

    Args:
        world: vectors, facts and activity of all candidates and vacancies.
        pairs: of one or several lists.
        found: float (n) by name; the other columns are added to it.

    Returns:
        float32 (n, len(NAMES)).
    """
    _past_similarities(world, pairs, ("text", "learnt_title"), found)
    _own_similarities(world, pairs, found)
    _same(world, pairs.past, pairs.who, pairs.vacancies, found)
    _fit(world, pairs.candidates, pairs.vacancies, found)
    add_company(world, pairs, found)
    _times(world, pairs.past, pairs.who, pairs.vacancies, pairs.day, found)
    age = _fill(found["age_days"], OLDEST)
    found["age_by_learnt"] = np.log1p(np.maximum(age, 0)) - 4 * _fill(found["learnt_mean"], 0.0)
    columns = np.empty((len(NAMES), len(pairs.vacancies)), np.float32)
    for name, values in found.items():
        columns[PLACES[name]] = values
    columns[PLACES[NEED[0]] : PLACES[NEED[-1]] + 1] = need_columns(world, pairs.vacancies, pairs.day)
    return np.ascontiguousarray(columns.T)


def list_columns(world: World, pairs: PairLists) -> dict[str, FloatArray]:
    """Columns that ranks within a list are made of, and most of the ranks.

    Args:
        world: vectors, facts and activity of all candidates and vacancies.
        pairs: of one or several lists.

    Returns:
        float (n) by name of the feature.
    """
    numbers = world.side.numbers(pairs.vacancies, pairs.day)
    found: dict[str, FloatArray] = {name: numbers[:, place] for place, name in enumerate(VACANCY_NUMBERS)}
    asked = world.vacancy_facts["asked"][pairs.vacancies]
    found["age_days"] = np.clip(pairs.day - asked, -1, OLDEST).astype(np.float32)
    _past_similarities(world, pairs, ("learnt", "title"), found)
    add_shared(world, pairs, found)
    for name, source, sign in LIST_RANKS:
        ranks = [_rank(sign * found[source][part]) for part in pairs.lists]
        found[name] = np.concatenate([np.zeros(0), *ranks])
    return found


def _fresh_ranks(lists: Sequence[slice], found: dict[str, FloatArray], rows: IntArray | None) -> dict[str, FloatArray]:
    age, ranks = _fill(found["age_days"], OLDEST), {}
    for name, source in (("fresh_learnt_rank", "learnt_mean"), ("fresh_title_rank", "title_max")):
        near = _fill(found[source], -1.0)
        counts = [_rank_among_fresh(near[part], age[part], rows) for part in lists]
        ranks[name] = np.concatenate([np.zeros(0), *counts])
    return ranks


def _rank_among_fresh(near: FloatArray, age: FloatArray, rows: IntArray | None) -> Float32s:
    """float32 (n): how many vacancies of the list are at least as new and nearer; of some rows, or of all."""
    own = slice(None) if rows is None else rows
    better = (near[None, :] > near[own, None]) & (age[None, :] <= age[own, None])
    count: FloatArray = np.bitwise_count(np.packbits(better, axis=1)).sum(axis=1).astype(np.float32)
    return count


def _rank(values: FloatArray) -> FloatArray:
    """Share of the list that is before each value; equal values share the first place."""
    filled = _fill(values, np.inf)
    found: FloatArray = np.searchsorted(np.sort(filled), filled) / max(len(filled), 1)
    return found


def _fill(values: FloatArray, instead: float) -> FloatArray:
    """The values, with another one where nothing is known; several times faster than ``np.nan_to_num``."""
    return np.where(np.isnan(values), instead, values)


def _past_similarities(world: World, pairs: PairLists, spaces: Sequence[str], found: dict[str, FloatArray]) -> None:
    past, who = pairs.past, pairs.who
    missing = past.rows < 0
    weight = np.where(missing, 0.0, DECAY)
    total = weight.sum(axis=1)
    share = (weight / np.where(total > 0, total, 1.0)[:, None])[who]
    missing = missing[who]
    empty = missing[:, 0]
    for space in spaces:
        alike = _compare_past(world.vacancy_vectors(space), pairs)
        lowest = np.where(missing, -2.0, alike)
        found[f"{space}_last"] = np.where(empty, np.nan, alike[:, 0])
        found[f"{space}_max"] = np.where(empty, np.nan, lowest.max(axis=1))
        found[f"{space}_mean"] = np.where(empty, np.nan, (alike * share).sum(axis=1))
        if space == "learnt":
            lowest[past.grades[who] < GOOD] = -2.0
            best = lowest.max(axis=1)
            found["good_learnt"] = np.where(best < -1.5, np.nan, best)


def _compare_past(vectors: FloatArray, pairs: PairLists) -> Float32s:
    """float32 (n, LATEST): cosine of each pair's vacancy and the candidate's latest ones, 0 where there are fewer."""
    rows, vacancies = pairs.past.rows, pairs.vacancies
    if len(rows) == 1:
        alike: Float32s = vectors[vacancies] @ vectors[np.maximum(rows[0], 0)].T
        alike[:, rows[0] < 0] = 0.0
        return alike
    one = len(pairs.lists_of_vacancies) == 1
    rows = rows if one else rows[pairs.who]
    found = np.zeros(rows.shape, np.float32)
    places, at = np.nonzero(rows >= 0)
    older = vectors[rows[places, at]]
    if one:
        found[places, at] = np.einsum("nd,d->n", older, vectors[vacancies[0]])
        return found[pairs.who]
    found[places, at] = np.einsum("nd,nd->n", older, vectors[vacancies[places]])
    return found


def _own_similarities(world: World, pairs: PairLists, found: dict[str, FloatArray]) -> None:
    people, things = pairs.candidates, pairs.vacancies
    if len(pairs.lists_of_vacancies) == 1:
        things, form = things[:1], "nd,kd->n"
    elif len(pairs.past.rows) == 1:
        people, form = people[:1], "kd,nd->n"
    else:
        form = "nd,nd->n"
    for name, space in (("cv_learnt", "learnt"), ("cv_title", "title"), ("cv_text", "text")):
        own = world.candidate_vectors(space)[people]
        alike = np.einsum(form, own, world.vacancy_vectors(space)[things])
        found[name] = np.where(has_numbers(own), alike, np.nan)


def _same(world: World, past: Past, who: IntArray, vacancies: IntArray, found: dict[str, FloatArray]) -> None:
    """Share of the latest vacancies that agree with the vacancy."""
    facts, older, size = world.vacancy_facts, past.rows[who], len(vacancies)
    places, at = np.nonzero(older >= 0)
    rows, now = older[places, at], vacancies[places]
    count = np.bincount(places, minlength=size)
    for name in ("title", "city", "state", "client", "contract", "area"):
        then, wanted = facts[name][rows], facts[name][now]
        same = (then & wanted) != 0 if name in ("contract", "area") else (then == wanted) & (wanted >= 0)
        agreed = np.bincount(places, same, size)
        found[f"same_{name}"] = np.where(count > 0, agreed / np.maximum(count, 1), np.nan)
    latest = older[:, 0]
    for name in ("level", "academic", "english", "spanish"):
        last = np.where(latest < 0, np.nan, facts[name][latest])
        found[f"{name}_gap"] = (facts[name][vacancies] - last).astype(np.float32)


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
