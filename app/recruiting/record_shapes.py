"""Records that people add and change: fields, limits, and pages of them."""

from datetime import date
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from pydantic import BaseModel, Field

from app.http.question import Question
from app.recruiting.shapes import CandidateText, Short, VacancyText

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]*$")]
VERSION = "Of the record that is changed; 0 for a new one."
Labels = Annotated[list[Annotated[str, Field(max_length=200)]], MaxLen(50)]


class VacancyRecord(VacancyText):
    """A vacancy. Texts lose people's names and addresses before they are stored."""

    asked_on: date | None = Field(None, description="Today when left out.")
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
    applied_on: date | None = Field(None, description="Today when left out; kept from before for a new status.")
    version: int = Field(default_factory=int, ge=0, description=VERSION)


class StoredRecord(BaseModel):
    """A stored record and its version."""

    kind: Literal["vacancies", "candidates", "applications"]
    version: int
    record: dict[str, Any]


class RecordPage(BaseModel):
    total: int
    records: list[StoredRecord]


class RemovedRecord(BaseModel):
    removed: bool
