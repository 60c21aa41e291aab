"""Lists of candidates and vacancies, as routes and pages show them."""

from typing import Any

import numpy as np

from app.recruiting.answers import pair_json, shown_candidate, shown_vacancy, without_erased, without_removed
from app.recruiting.filters import CandidateFilter, VacancyFilter, fits
from app.recruiting.release_loader import RecruitingRelease
from script_shared.recruiting.ranking.applicants import rank_applicants
from script_shared.recruiting.ranking.profiles import profiles, tag, tags_of_vacancy

DEPTH = 5  # places examined per wanted one, because a filter leaves some out


def candidates_for(
    loaded: RecruitingRelease, row: int, wanted: CandidateFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    """Candidates for the vacancy of a row, best first, with reasons.

    Args:
        loaded: the release in service.
        row: of the vacancy.
        wanted: what every candidate must have.
        offset: candidates to leave out at the begin, those of the pages before.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_candidate`` and ``pair_json`` of each.
    """
    matcher = loaded.matcher
    ranked = without_erased(loaded, matcher.rank_candidates(row, None, offset + limit, wanted.where))
    return [
        {**shown_candidate(loaded, each.row), **pair_json(each, matcher.reasons(each.row, row))}
        for each in ranked[offset : offset + limit]
    ]


def applicants_of(loaded: RecruitingRelease, row: int, offset: int, limit: int) -> list[dict[str, Any]]:
    """Who applied to the vacancy of a row, in the order learnt inside vacancies, with reasons.

    Args:
        loaded: the release in service.
        row: of the vacancy.
        offset: applicants to leave out at the begin, those of the pages before.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_candidate`` and ``pair_json`` of each.
    """
    matcher = loaded.matcher
    ranked = without_erased(loaded, rank_applicants(matcher, row))
    return [
        {**shown_candidate(loaded, each.row), **pair_json(each, matcher.reasons(each.row, row))}
        for each in ranked[offset : offset + limit]
    ]


def vacancies_for(
    loaded: RecruitingRelease, row: int, wanted: VacancyFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    """Open vacancies for the candidate of a row, best first, with reasons.

    Args:
        loaded: the release in service.
        row: of the candidate.
        wanted: what every vacancy must have.
        offset: vacancies to leave out at the begin, those of the pages before.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_vacancy`` and ``pair_json`` of each.
    """
    matcher = loaded.matcher
    rows = without_removed(loaded, _vacancies_to_rank(loaded, row, wanted))
    ranked = matcher.rank_vacancies(row, rows, offset + limit)
    return [
        {**shown_vacancy(loaded, each.row), **pair_json(each, matcher.reasons(row, each.row))}
        for each in ranked[offset : offset + limit]
    ]


def _vacancies_to_rank(loaded: RecruitingRelease, row: int, wanted: VacancyFilter) -> list[int]:
    """Vacancies to rank: open ones, or the nearest of all; none that the candidate has applied to."""
    matcher = loaded.matcher
    before = {entry[0] for entry in matcher.world.activity.of_candidate.get(row, ())}
    if wanted.open_only:
        rows = [each for each in matcher.open_vacancies().tolist() if each not in before]
        if not wanted.where:
            return rows
        return [each for each in rows if fits(tags_of_vacancy(matcher.vacancies.get(each)), wanted.where)]
    index, profile = matcher.parts.vacancy_index, profiles(matcher.world, np.asarray([row]))[0]
    near = index.query(profile, matcher.retrieved, wanted.where, index.encoder)
    return [each for each in (matcher.vacancies.row(found.id) for found in near) if each not in before]


def similar_vacancies(loaded: RecruitingRelease, row: int, wanted: VacancyFilter, limit: int) -> list[dict[str, Any]]:
    """The vacancies nearest to the vacancy of a row, with their cosine.

    Args:
        loaded: the release in service.
        row: of the vacancy.
        wanted: what every vacancy must have.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_vacancy`` and ``similarity``, -1 to 1, highest first.
    """
    matcher = loaded.matcher
    if not wanted.open_only:
        near = matcher.similar_vacancies(row, limit, wanted.where)
    else:
        open_ = [each for each in without_removed(loaded, matcher.open_vacancies().tolist()) if each != row]
        own = matcher.world.vacancy_vectors("learnt")
        rows = [each for each in open_ if fits(tags_of_vacancy(matcher.vacancies.get(each)), wanted.where)]
        likeness = own[rows] @ own[row] if rows else []
        near = sorted(zip(rows, map(float, likeness), strict=True), key=lambda pair: -pair[1])[:limit]
    kept = set(without_removed(loaded, [each for each, _ in near]))
    return [{**shown_vacancy(loaded, each), "similarity": similarity} for each, similarity in near if each in kept]


def similar_candidates(
    loaded: RecruitingRelease, row: int, wanted: CandidateFilter, limit: int
) -> list[dict[str, Any]]:
    """The candidates nearest to the candidate of a row, with their cosine.

    Args:
        loaded: the release in service.
        row: of the candidate.
        wanted: what every candidate must have.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_candidate`` and ``similarity``, -1 to 1, highest first.
    """
    near = loaded.matcher.similar_candidates(row, limit, wanted.where)
    rows = [{**shown_candidate(loaded, each), "similarity": similarity} for each, similarity in near]
    return [line for line in rows if not loaded.erased.has(line["candidate_id"])]


def found_by_text(
    loaded: RecruitingRelease, text: str, kind: str, level: str | None, open_only: bool, count: int
) -> list[dict[str, Any]]:
    """Candidates or vacancies by words and vectors, best first, with a score.

    Args:
        loaded: the release in service.
        text: words to look for.
        kind: ``vacancies`` or ``candidates``.
        level: a professional level that the results must have; None for any.
        open_only: only open vacancies; candidates are not affected.
        count: length of the list at most.

    Returns:
        JSON objects: ``shown_vacancy`` or ``shown_candidate``, and ``score``.
    """
    matcher = loaded.matcher
    narrow = level is not None or open_only
    found = matcher.search(text, kind, count * DEPTH if narrow else count)
    if kind == "vacancies":
        rows = matcher.open_vacancies().tolist() if open_only else [row for row, _ in found]
        kept = set(without_removed(loaded, rows))
        lines = [{**shown_vacancy(loaded, row), "score": score} for row, score in found if row in kept]
    else:
        lines = [{**shown_candidate(loaded, row), "score": score} for row, score in found]
        lines = [line for line in lines if not loaded.erased.has(line["candidate_id"])]
    return [line for line in lines if level is None or tag(line["level"] or "") == tag(level)][:count]
