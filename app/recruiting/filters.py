"""Filters of lists, for the index and for records."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Query

from script_shared.recruiting.index.base import Tags, Where
from script_shared.recruiting.ranking.profiles import tag

Text = Annotated[str | None, Query(max_length=100)]
Texts = Annotated[list[str] | None, Query(max_length=20)]


class VacancyFilter:
    """Which vacancies; several values of one kind mean any of them. Case and accents do not count."""

    def __init__(
        self,
        state: Texts = None,
        city: Texts = None,
        level: Texts = None,
        english: Texts = None,
        spanish: Texts = None,
        contract: Texts = None,
        area: Texts = None,
        open_only: Annotated[bool, Query(description="Only vacancies that are open today.")] = True,
    ) -> None:
        named = {"state": state, "city": city, "level": level, "english": english, "spanish": spanish}
        self.where = where_of({**named, "contract": contract, "area": area})
        self.open_only = open_only


class CandidateFilter:
    """Which candidates; several values of one kind mean any of them. Case and accents do not count."""

    def __init__(
        self,
        level: Texts = None,
        academic: Texts = None,
        english: Texts = None,
        spanish: Texts = None,
        area: Texts = None,
    ) -> None:
        self.where = where_of(
            {"level": level, "academic": academic, "english": english, "spanish": spanish, "area": area}
        )


class SearchFilter:
    """Filters of a search. A filter that only the other kind has leaves no results. Case and accents do not count."""

    def __init__(
        self,
        state: Texts = None,
        city: Texts = None,
        level: Texts = None,
        academic: Texts = None,
        english: Texts = None,
        spanish: Texts = None,
        contract: Texts = None,
        area: Texts = None,
        open_only: Annotated[bool, Query(description="Only vacancies that are open today.")] = False,
    ) -> None:
        place = {"state": state, "city": city, "contract": contract, "area": area}
        levels = {"level": level, "academic": academic, "english": english, "spanish": spanish}
        self.where = where_of({**place, **levels})
        self.open_only = open_only


def fits(tags: Tags, where: Where) -> bool:
    """Whether a record's tags have one of the values of each name.

    Args:
        tags: of a record, as ``tags_of_vacancy`` or ``tags_of_candidate`` gives them.
        where: as ``where_of`` gives it.

    >>> fits({"state": ["sao paulo"]}, {"state": ["sao paulo", "bahia"]}), fits({}, {"state": ["bahia"]})
    (True, False)
    """
    return all(any(value in values for value in tags.get(name, ())) for name, values in where.items())


def where_of(given: Mapping[str, Sequence[str] | None]) -> Where:
    """A filter for an index and for ``fits``; a name without values filters nothing.

    Args:
        given: values by name of the field, as a request has them.
    """
    return {name: [tag(text) for text in texts] for name, texts in given.items() if texts}
