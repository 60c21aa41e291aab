"""The words of the invented agency, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "words.toml"


@dataclass(frozen=True)
class Area:
    """A field of work.

    Attributes:
        label: as the files call it.
        share: of the vacancies and of the people.
        roles, skills, activities: its words; ``{skill}`` in an activity is replaced.
    """

    label: str
    share: float
    roles: list[str]
    skills: list[str]
    activities: list[str]


@cache
def areas() -> tuple[Area, ...]:
    """All areas."""
    return tuple(Area(**content) for content in _content()["areas"].values())


@cache
def words(section: str = "words") -> dict[str, list[Any]]:
    """Lists of words, by name."""
    found: dict[str, list[Any]] = _content()[section]
    return found


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
