"""The recruiting use case's params: their names, types and allowed ranges. Values are in ``params/recruiting.toml``."""

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from script_shared.params import FOLDER, Params
from script_shared.params.loop import MonitoringParams
from script_shared.recruiting.model_params import (
    EncoderParams,
    EvaluationParams,
    IndexParams,
    MatchParams,
    RankerParams,
)

FILE = FOLDER / "recruiting.toml"
GRADES = ("refused", "forwarded", "interviewed", "offered", "hired")  # by grade, 0 first
FINAL = ("refused", "offered", "hired")  # these do not change any more


class GeneratedParams(Params):
    """The generated source: files in the form of the source json, with planted skills, outcomes and personal data."""

    vacancies: int = Field(ge=20, le=200_000, description="vacancies")
    candidates: int = Field(ge=50, le=2_000_000, description="candidates")
    applications: int = Field(ge=50, le=5_000_000, description="applications, approximately")
    first_day: str = Field(pattern=r"^20\d\d-\d\d-\d\d$", description="day of the first vacancy")
    days: int = Field(ge=60, le=3_000, description="days over which vacancies are asked for")
    seed: int = Field(description="seed of the generator")
    dirt: bool = Field(description="empty values, spellings and odd dates, as in real files; false writes clean files")
    drift: float = Field(
        0,
        ge=0,
        le=1,
        description="how far vacancies of the last quarter differ: levels, languages and words; 0 for no drift",
    )


class DownloadParams(Params):
    """The source `download`: the three files by address."""

    url: str = Field(description="a zip, or the folder of the files: https://, s3://, gs://, az://; empty for none")
    seconds: float = Field(gt=0, description="longest wait for an answer")
    most_megabytes: int = Field(ge=1, description="a larger file is refused")


class FilesParams(Params):
    """The source `files`: tables as CSV, JSON lines or parquet, with columns of any names."""

    vacancies: str = Field(description="file name of the vacancies, with * for any characters")
    candidates: str = Field(description="file name of the candidates")
    applications: str = Field(description="file name of the applications")
    columns: list[str] = Field(
        description='columns with other names, such as "candidates.cv_text = resume"; other columns keep their names'
    )


class RefineParams(Params):
    """Checked values."""

    first_year: int = Field(ge=1900, le=2100, description="dates before this year count as empty")
    max_rejected: float = Field(ge=0, le=1, description="share of a table's rows that may be rejected")
    longest_cv: int = Field(ge=1_000, description="characters of a CV that are kept")


class GradesParams(Params):
    """Outcome of an application by its status: the relevance that rankings learn from."""

    hired: list[str] = Field(min_length=1, description="grade 4: hired, or about to be")
    offered: list[str] = Field(description="grade 3: chosen, but gave up")
    interviewed: list[str] = Field(description="grade 2: interviewed, not decided")
    forwarded: list[str] = Field(description="grade 1: put forward to the client, not decided")
    refused: list[str] = Field(min_length=1, description="grade 0: refused, or gave up")

    @model_validator(mode="after")
    def _statuses_once(self) -> "GradesParams":
        names = [status for grade in GRADES for status in getattr(self, grade)]
        if len(set(names)) < len(names):
            raise ValueError("a status may have one grade only")
        return self

    @cached_property
    def by_status(self) -> dict[str, int]:
        """Grade of each status; a status that is not in it is undecided."""
        return {status: number for number, grade in enumerate(GRADES) for status in getattr(self, grade)}

    @cached_property
    def final(self) -> frozenset[str]:
        """Statuses that do not change any more."""
        return frozenset(status for grade in FINAL for status in getattr(self, grade))

    def grade_of(self, status: str | None) -> int | None:
        """Grade of a status, None where nothing is decided.

        Args:
            status: as the tables have it; None where there is none.
        """
        return self.by_status.get(status or "")


class OpenParams(Params):
    """Which vacancies count as open on a day."""

    asked_days: int = Field(ge=1, description="days since the client asked for it")
    applied_days: int = Field(ge=0, description="or days since the latest application")


class GateParams(Params):
    """The comparison with the release in service and the plain baselines."""

    metric: Literal["hr_at_10", "mrr_at_10"] = Field(description="metric to compare: hr_at_10 or mrr_at_10")
    tolerance: float = Field(ge=0, lt=1, description="share of the reference's value by which a candidate may be worse")
    min_users: int = Field(ge=1, description="cases of the test that the gate needs")
    beats: list[str] = Field(description="baselines that a release has to beat")


class ReleasesParams(Params):
    """How many releases and runs are kept."""

    keep: int = Field(
        ge=0, description="releases that maintenance keeps, besides the one in service and the previous one"
    )
    keep_runs: int = Field(ge=1, description="runs that maintenance keeps; older ones and their tables are removed")


class RecruitingParams(Params):
    """All of ``recruiting.toml``."""

    generated: GeneratedParams
    download: DownloadParams
    files: FilesParams
    refine: RefineParams
    grades: GradesParams
    open: OpenParams
    encoder: EncoderParams
    index: IndexParams
    ranker: RankerParams
    match: MatchParams
    evaluation: EvaluationParams
    gate: GateParams
    monitoring: MonitoringParams
    releases: ReleasesParams
