"""Erased students: kept in the event log as digests, so that no training and no process brings them back."""

from collections.abc import Collection, Sequence

from script_shared.events.entry import user_digest

_NAME = "student "  # apart from users of other use cases, who may have the same ids


def normal_id(ra: str) -> str:
    """An id as the years are joined by it: no blanks, upper case.

    Args:
        ra: id of the student, as in the sheets or in a request.

    >>> normal_id(" ra - 12 ")
    'RA-12'
    """
    return "".join(ra.split()).upper()


def person_name(ra: str) -> str:
    """What the event log calls a student.

    Args:
        ra: id of the student, as in the sheets or in a request.
    """
    return f"{_NAME}{normal_id(ra)}"


def are_erased(ids: Sequence[str], digests: Collection[str]) -> list[bool]:
    """Which of these students were erased; free when nobody was.

    Args:
        ids: of students, as in the sheets.
        digests: of erased people.

    Returns:
        one flag per id, in the same order.

    >>> are_erased(["RA-1", "RA-2"], {user_digest("student RA-2")})
    [False, True]
    """
    return [user_digest(person_name(ra)) in digests for ra in ids] if digests else [False] * len(ids)
