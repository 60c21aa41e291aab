"""Records that people add and change: fields, limits, and pages of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from pydantic import AfterValidator, BaseModel, Field

from app.http.question import Question
from app.recruiting.shapes import CandidateText, Short, VacancyText

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.:\-]*$"
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=NAME)]
VERSION = "Of the record that is changed; 0 for a new one."
Labels = Annotated[list[Annotated[str, Field(max_length=200)]], MaxLen(50)]


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def _no_later_than_now(day: date | None) -> date | None:
    """The day; a later one would be the service's today, on which no vacancy is open."""
    if day is not None and day > today() + timedelta(days=1):  # it is tomorrow already in some places
        raise ValueError("may not be in the future")
    return day


Past = Annotated[date | None, AfterValidator(_no_later_than_now)]


class VacancyRecord(VacancyText):
    """A vacancy. Texts lose people's names and addresses before they are stored."""

    asked_on: Past = Field(None, description="Today when left out.")
    country: Short = None
    contract_types: Labels = Field(default_factory=list)
    areas: Labels = Field(default_factory=list)
    is_pcd: bool | None = None
    needs_travel: bool | None = None
    version: int = Field(default_factory=int, ge=0, description=VERSION)


class CandidateRecord(CandidateText):
    """A candidate. Texts are cleaned of personal data before they are stored."""

    names: Labels = Field(default_factory=list, description="Of the person, to be removed from the texts; not stored.")
    birth_date: date | None = Field(None, description="The same: removed from the texts, not stored.")
    created_on: date | None = Field(None, description="Today when left out.")
    version: int = Field(default_factory=int, ge=0, description=VERSION)


class ApplicationRecord(Question):
    """An application, or the new status of one."""

    candidate_id: Name
    vacancy_id: Name
    status: Annotated[str, Field(min_length=1, max_length=200, description="As in the files, such as `Prospect`.")]
    applied_on: Past = Field(None, description="Today when left out; kept from before for a new status.")
    version: int = Field(default_factory=int, ge=0, description=VERSION)


class StoredRecord(BaseModel):
    """A stored record and its version."""

    kind: Literal["vacancies", "candidates", "applications"]
    version: int
    record: dict[str, Any]


class RecordPage(BaseModel):
    total: int
    records: list[StoredRecord]
    next: int | None = Field(description="The `before` of the following page; null on the last page.")


class RemovedRecord(BaseModel):
    removed: bool
