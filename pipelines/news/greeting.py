"""What `make run` prints of news once a release is in service: a first list for each segment."""

from collections.abc import Callable, Mapping
from typing import Any

ITEMS = 3


def first_lists(get: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> str:
    """The list of one user of each segment.

    Args:
        get: what the API answers to a path and its parameters.
    """
    examples: dict[str, list[str]] = get("/model", {"use_case": "news"})["examples"]
    return "\n".join(_of_segment(get, *each) for each in examples.items())


def _of_segment(get: Callable[[str, Mapping[str, Any]], dict[str, Any]], segment: str, users: list[str]) -> str:
    if not users:
        return f"\n  {segment}: no example, because a release of current data holds no ids of users"
    answer = get("/recommendations", {"user_id": users[0], "num_recs": ITEMS})
    lines = [f"\n  {segment} user, answered by {answer['source']}:"]
    for place, item in enumerate(answer["items"], start=1):
        lines.append(f"    {place}. {(item['title'] or item['page'])[:70]}  ({item['reason']})")
    return "\n".join(lines)
