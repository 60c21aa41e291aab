"""Lists of candidates and vacancies, as routes and pages show them."""

from typing import Any

import numpy as np

from app.recruiting.answers import pair_json, shown_candidate, shown_vacancy, without_erased, without_removed
from app.recruiting.filters import CandidateFilter, VacancyFilter, fits
from app.recruiting.release_loader import RecruitingRelease
from script_shared.recruiting.ranking.applicants import rank_applicants
from script_shared.recruiting.ranking.likeness import likeness
from script_shared.recruiting.ranking.profiles import profiles, tags_of_vacancy


def candidates_for(
    loaded: RecruitingRelease, row: int, wanted: CandidateFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    """Candidates for the vacancy of a row, best first, with reasons.

    Args:
        loaded: the release in service.
        row: of the vacancy.
        wanted: what every candidate must have.
        offset: candidates to skip, those of earlier pages.
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
        offset: applicants to skip, those of earlier pages.
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
        offset: vacancies to skip, those of earlier pages.
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


def similar_vacancies(
    loaded: RecruitingRelease, row: int, wanted: VacancyFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    """The vacancies nearest to the vacancy of a row, with their cosine, and what they have in common.

    Args:
        loaded: the release in service.
        row: of the vacancy.
        wanted: what every vacancy must have.
        offset: vacancies to skip, those of earlier pages.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_vacancy``, ``similarity``, -1 to 1, highest first, and ``reasons`` as of ``likeness``.
    """
    matcher = loaded.matcher
    if not wanted.open_only:
        near = matcher.similar_vacancies(row, offset + limit, wanted.where)
    else:
        open_ = [each for each in without_removed(loaded, matcher.open_vacancies().tolist()) if each != row]
        own = matcher.world.vacancy_vectors("learnt")
        rows = [each for each in open_ if fits(tags_of_vacancy(matcher.vacancies.get(each)), wanted.where)]
        cosines = own[rows] @ own[row] if rows else []
        near = sorted(zip(rows, map(float, cosines), strict=True), key=lambda pair: -pair[1])
    kept = set(without_removed(loaded, [each for each, _ in near]))
    page = [(each, similarity) for each, similarity in near if each in kept][offset : offset + limit]
    return [
        {**shown_vacancy(loaded, each), "similarity": similarity, "reasons": likeness(matcher.vacancies, row, each)}
        for each, similarity in page
    ]


def similar_candidates(
    loaded: RecruitingRelease, row: int, wanted: CandidateFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    """The candidates nearest to the candidate of a row, with their cosine, and what they have in common.

    Args:
        loaded: the release in service.
        row: of the candidate.
        wanted: what every candidate must have.
        offset: candidates to skip, those of earlier pages.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_candidate``, ``similarity``, -1 to 1, highest first, and ``reasons`` as of ``likeness``.
    """
    people = loaded.matcher.candidates
    near = loaded.matcher.similar_candidates(row, offset + limit, wanted.where)
    page = [pair for pair in near if not loaded.erased.has(people.id_of(pair[0]))][offset:]
    return [
        {**shown_candidate(loaded, each), "similarity": similarity, "reasons": likeness(people, row, each)}
        for each, similarity in page
    ]
