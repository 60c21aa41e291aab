"""What two vacancies, or two candidates, have in common."""

from typing import Any

from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.ranking.profiles import tags_of_candidate, tags_of_vacancy
from script_shared.recruiting.ranking.skills import compare, words_of_skills
from script_shared.recruiting.records import Vacancy


def likeness(people: People[Any], row: int, other: int) -> dict[str, list[str]]:
    """What two records of one kind share.

    Args:
        people: the vacancies or the candidates.
        row: of the record whose skills are quoted.
        other: of the record that is compared with it.

    Returns:
        ``shared_skills`` as the first one names them, and ``same``: names of the filters in which both have a value
        in common.
    """
    first, second = people.get(row), people.get(other)
    skills = compare(first, people.having(other, words_of_skills(first)))
    tags_of: Any = tags_of_vacancy if isinstance(first, Vacancy) else tags_of_candidate
    own, others = tags_of(first), tags_of(second)
    same = [name for name, values in own.items() if set(values) & set(others.get(name, ()))]
    return {"shared_skills": list(skills.shared), "same": same}
