"""Rules for tests, which hold from the beginning of time unless a test says otherwise."""

from itertools import count
from typing import Any

from script_shared.news.rules.rule import By, Group, Kind, Rule
from tests.app.releases_made import NOW_MS

HOUR_MS = 3_600_000
_numbers = count(1)


def group(text: str) -> Group:
    """``section mundo`` as a group."""
    by, _, name = text.partition(" ")
    return Group(by, name)  # type: ignore[arg-type]


def rule(kind: Kind, about: str, other: str = "", **fields: Any) -> Rule:
    """A rule about ``article a1``, ``section mundo`` and the like."""
    fields = {"start_ms": 0, "reason": "a test", "author": "token:ana", **fields}
    more = {"other": group(other)} if other else {}
    return Rule(f"{next(_numbers):012x}", kind, group(about), **{**more, **fields})


def pin(article: str, place: int, front: str = "", **fields: Any) -> Rule:
    """A pin that ends an hour after the end of the release's data."""
    return rule("pin", f"article {article}", place=place, front=front, **{"end_ms": NOW_MS + HOUR_MS, **fields})


__all__ = ["HOUR_MS", "NOW_MS", "By", "group", "pin", "rule"]
