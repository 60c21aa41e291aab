"""Erased candidates: kept in the event log as digests, so that no training and no process brings them back."""

from collections.abc import Collection, Sequence

from script_shared.events.entry import user_digest

_NAME = "candidate "  # apart from people of other use cases, who may have the same ids


def person_name(candidate: str) -> str:
    """What the event log calls a candidate.

    Args:
        candidate: id of the candidate; white space around it does not count.
    """
    return f"{_NAME}{candidate.strip()}"


def are_erased(ids: Sequence[str], digests: Collection[str]) -> list[bool]:
    """Which of these candidates were erased; free when nobody was.

    Args:
        ids: of candidates.
        digests: of erased people, as :func:`script_shared.events.entry.user_digest` makes them.

    >>> are_erased(["1", "2"], {user_digest("candidate 2")})
    [False, True]
    """
    return [user_digest(person_name(each)) in digests for each in ids] if digests else [False] * len(ids)
