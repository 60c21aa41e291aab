"""Searches candidates and vacancies by a free text, with filters, and returns the words that were found."""

from typing import Any

from app.recruiting.answers import shown_candidate, shown_vacancy, without_removed
from app.recruiting.filters import SearchFilter, fits
from app.recruiting.release_loader import RecruitingRelease
from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.ranking.profiles import tags_of_candidate, tags_of_vacancy
from script_shared.recruiting.texts import words


def found_by_text(
    loaded: RecruitingRelease, text: str, kind: str, wanted: SearchFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    """Candidates or vacancies by words and vectors, best first, with a score.

    Args:
        loaded: the release in service.
        text: words to look for.
        kind: ``vacancies`` or ``candidates``.
        wanted: what every result must have.
        offset: results to skip, those of earlier pages.
        limit: length of the list at most.

    Returns:
        JSON objects: ``shown_vacancy`` or ``shown_candidate``, ``score``, and ``found_words`` of the text.
    """
    matcher, ours = loaded.matcher, kind == "vacancies"
    allowed = set(_open_rows(loaded)) if ours and wanted.open_only else None
    side: People[Any] = matcher.vacancies if ours else matcher.candidates
    gone = loaded.position.removed.__contains__ if ours else loaded.erased.has
    tags_of: Any = tags_of_vacancy if ours else tags_of_candidate

    def keep(row: int) -> bool:
        if gone(side.id_of(row)) or (allowed is not None and row not in allowed):
            return False
        return not wanted.where or fits(tags_of(side.get(row)), wanted.where)

    found = matcher.search(text, kind, offset + limit, wanted.where or None, keep)[offset:]
    shown = shown_vacancy if ours else shown_candidate
    return [{**shown(loaded, row), "score": score, "found_words": _find_words(side, row, text)} for row, score in found]


def _open_rows(loaded: RecruitingRelease) -> list[int]:
    return without_removed(loaded, loaded.matcher.open_vacancies().tolist())


def _find_words(side: People[Any], row: int, text: str) -> list[str]:
    """The words of the text that are in a record, hidden fields included, spelled as in the text."""
    terms = {word: words(word) for word in dict.fromkeys(text.split())}
    own = side.having(row, frozenset(term for each in terms.values() for term in each))
    return [word for word, each in terms.items() if each and own.issuperset(each)]
