"""A vacancy and a candidate as serving and training know them: the columns of the refined tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from script_shared.recruiting.encoders.base import Document

NEVER = -1  # a day that is not known
EPOCH = date(1970, 1, 1)
COLUMNS = {"id": "vacancy_id", "skills": "skills_text"}  # fields whose column of the table has another name
CANDIDATE_COLUMNS = {"id": "candidate_id", "skills": "skills_text", "cv": "cv_text"}


def day_of(value: date | str | None) -> int:
    """Days since 1970-01-01 of a day or its ISO text, NEVER for None.

    Args:
        value: a day, its ISO text, or None for a day that never was.

    Returns:
        days since 1970-01-01; -1 (NEVER) for None.

    Raises:
        ValueError: the text is no ISO date.

    >>> day_of("1970-01-11"), day_of(None)
    (10, -1)
    """
    if value is None:
        return NEVER
    return ((date.fromisoformat(value) if isinstance(value, str) else value) - EPOCH).days


def iso_day(day: int) -> str | None:
    """A day as ISO text, None for NEVER.

    Args:
        day: days since 1970-01-01, or NEVER.
    """
    return None if day == NEVER else (EPOCH + timedelta(days=day)).isoformat()


def _from_columns(kind: Any, names: Mapping[str, str], day: str, row: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in (each.name for each in fields(kind)):
        value = row.get(names.get(name, name))
        if name == day:
            values[name] = day_of(value)
        elif value is not None:
            values[name] = tuple(value) if isinstance(value, list) else value
    return values


@dataclass(frozen=True)
class Vacancy:
    """A vacancy; "" and () where nothing is known.

    Attributes:
        asked_on: days since 1970-01-01, NEVER when unknown.
        client: pseudonymous id.
    """

    id: str
    asked_on: int = NEVER
    title: str = ""
    description: str = ""
    skills: str = ""
    remarks: str = ""
    country: str = ""
    state: str = ""
    city: str = ""
    level: str = ""
    academic: str = ""
    english: str = ""
    spanish: str = ""
    client: str = ""
    contract_types: Sequence[str] = field(default=())
    areas: Sequence[str] = field(default=())
    is_pcd: bool = False
    needs_travel: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Vacancy":
        """From a row of the vacancies' table; what is missing or None is empty.

        Args:
            row: values by column.
        """
        return cls(**{"id": "", **_from_columns(cls, COLUMNS, "asked_on", row)})

    def columns(self) -> dict[str, Any]:
        """As a row of the table; what is empty is None."""
        return _columns(self, COLUMNS, "asked_on")

    @property
    def document(self) -> Document:
        """What an encoder reads."""
        return {
            "title": self.title,
            "skills": self.skills,
            "description": self.description,
            "remarks": self.remarks,
            "place": " ".join((self.city, self.state, *self.areas)),
        }


@dataclass(frozen=True)
class Candidate:
    """A candidate, without personal data; "" where nothing is known.

    Attributes:
        created_on: days since 1970-01-01, NEVER when unknown.
        cv: the CV's text, cleaned of personal data.
    """

    id: str
    created_on: int = NEVER
    title: str = ""
    area: str = ""
    skills: str = ""
    certifications: str = ""
    level: str = ""
    academic: str = ""
    english: str = ""
    spanish: str = ""
    cv: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Candidate":
        """From a row of the candidates' table; what is missing or None is empty.

        Args:
            row: values by column.
        """
        return cls(**{"id": "", **_from_columns(cls, CANDIDATE_COLUMNS, "created_on", row)})

    def columns(self) -> dict[str, Any]:
        """As a row of the table; what is empty is None."""
        return _columns(self, CANDIDATE_COLUMNS, "created_on")

    @property
    def document(self) -> Document:
        """What an encoder reads."""
        return {
            "title": self.title,
            "skills": f"{self.skills} {self.certifications}".strip(),
            "description": self.cv,
            "place": self.area,
        }

    @property
    def is_blank(self) -> bool:
        """Whether there is no word to compare."""
        return not any(self.document.values())


def _columns(record: Vacancy | Candidate, names: Mapping[str, str], day: str) -> dict[str, Any]:
    values = {names.get(each.name, each.name): getattr(record, each.name) for each in fields(record)}
    found: dict[str, Any] = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    found[day] = iso_day(found[day])
    return {name: None if value == "" else value for name, value in found.items()}
