"""Models of the students routes: records, which are validated, and answers, which are documented."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.http.question import Question
from script_shared.students.features import RECORD
from script_shared.times import epoch_ms

MOST_RECORDS = 200
LONGEST_REF = 64
Status = Literal["critical", "alert", "expected"]
Language = Annotated[Literal["en", "pt"], Query(description="Of the reasons.")]
StudentId = Annotated[str, Path(max_length=64, description="The student's id in the sheets; case does not count.")]
Mark = Annotated[float | None, Field(ge=0, le=10)]
Moment = Annotated[int, BeforeValidator(epoch_ms)]  # seconds or milliseconds since 1970, or ISO 8601
Phase = Annotated[int | None, Field(ge=0, le=9)]


def change_record(record: dict[str, float | None], given: dict[str, float | None]) -> dict[str, float | None]:
    """A record with other values; the lag follows phase and ideal phase where it was not given itself.

    Args:
        record: values by column.
        given: values that replace them.

    Returns:
        a new record; None where a value is not known.

    >>> change_record({"phase": 2, "ideal_phase": 3, "lag": -1, "ida": 5.0}, {"phase": 3})
    {'phase': 3, 'ideal_phase': 3, 'lag': 0, 'ida': 5.0}
    """
    after = record | given
    phase, ideal = after.get("phase"), after.get("ideal_phase")
    if "lag" not in given and {"phase", "ideal_phase"} & set(given) and phase is not None and ideal is not None:
        after["lag"] = phase - ideal
    return after


class Changes(Question):
    """Values of a record; null or left out for what is not known."""

    year: Annotated[int | None, Field(ge=2000, le=2099, description="That the record is of.")] = None
    birth_year: Annotated[int | None, Field(ge=1960, le=2099)] = None
    phase: Phase = None
    ideal_phase: Phase = None
    lag: Annotated[int | None, Field(ge=-12, le=12, description="Phase minus ideal phase.")] = None
    ida: Mark = Field(None, description="Index of learning.")
    ieg: Mark = Field(None, description="Index of engagement.")
    ipv: Mark = Field(None, description="Index of the turning point.")
    iaa: Mark = Field(None, description="Index of self-assessment.")
    ips: Mark = Field(None, description="Psychosocial index.")
    ipp: Mark = Field(None, description="Psychopedagogical index.")
    mat: Mark = Field(None, description="Mark in mathematics.")
    por: Mark = Field(None, description="Mark in Portuguese.")
    ing: Mark = Field(None, description="Mark in English.")

    def values_given(self) -> dict[str, float | None]:
        """The values that were named, null included."""
        return {name: getattr(self, name) for name in RECORD if name in self.model_fields_set}

    def record(self) -> dict[str, float | None]:
        """The whole record; the lag follows the phases where it is not given."""
        return change_record(dict.fromkeys(RECORD), self.values_given())


class BatchRecord(Changes):
    """A record of a file."""

    ref: Annotated[
        str | None, Field(max_length=LONGEST_REF, description="Your own name of it, repeated in the answer.")
    ] = None


class Records(Question):
    """Records that need not be stored."""

    records: list[Changes] = Field(min_length=1, max_length=MOST_RECORDS)


class Chance(BaseModel):
    """A calibrated chance and the ends of its interval."""

    chance: float
    low: float
    high: float


class ReasonShape(BaseModel):
    factor: str
    effect: float = Field(description="Chance of lagging minus what it would be with typical values.")
    sentence: str


class RiskShape(BaseModel):
    status: Status = Field(description="Of next year, by the thresholds of the release.")
    urgent: bool = Field(description="Whether somebody should look, by the cost of a missed critical student.")
    probabilities: dict[Status, float]
    lagging: Chance
    critical: Chance
    year: int | None = Field(description="Of the record that the risk rests on.")
    missing: list[str] = Field(description="What the record lacks; its interval is wider.")
    reasons: list[ReasonShape]


class StudentRisk(RiskShape):
    ra: str
    release: str


class RecordRisks(BaseModel):
    release: str
    risks: list[RiskShape]


class WhatIf(BaseModel):
    ra: str
    release: str
    before: RiskShape
    after: RiskShape


class PathYear(BaseModel):
    model_config = ConfigDict(extra="allow")

    year: int
    status: Status = Field(description="Of that year, as it was.")


class StudentPath(BaseModel):
    ra: str
    release: str
    group: str | None
    years: list[PathYear]


class ErasedStudent(BaseModel):
    erased: bool


class StudentsHealth(BaseModel):
    status: Literal["ok"]
    release: str | None
    reason: str | None = Field(description="Why none is in service, null when one is.")


class StudentsTraining(Question):
    data: bool = Field(False, description="Read the workbooks again first.")
    params: dict[str, Any] = Field({}, description="Params of the DAG, as its form in Airflow shows them.")


class LookShape(BaseModel):
    number: int
    at: str
    viewer: str = Field(description="Name of the token.")
    role: str
    route: str
    student: str = Field(description="Digest of the student's id.")


class AccessList(BaseModel):
    looks: list[LookShape]
    before: int | None = Field(description="Where the next page begins; null on the last one.")


class ListedStudent(BaseModel):
    ra: str
    year: int
    phase: int | None
    group: str | None
    status: Status
    urgent: bool
    lagging: float
    critical: float


class StudentList(BaseModel):
    release: str
    total: int = Field(description="How many there are on all pages, erased ones included until the next release.")
    students: list[ListedStudent] = Field(description="The highest chance of critical first.")


def chance_of(found: tuple[float, float, float]) -> dict[str, Any]:
    """A chance as JSON."""
    return dict(zip(("chance", "low", "high"), found, strict=True))
