"""The students use case's params: their names, types and allowed ranges. Values are in ``params/students.toml``."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from script_shared.params import FOLDER, Params
from script_shared.students.feature_names import check_features

FILE = FOLDER / "students.toml"
Member = Literal["logistic", "forest", "lightgbm"]
SAME_YEAR = (
    "the status of the same year is no prediction: it is a function of the lag, which is in the sheet, IAN is "
    "computed from the lag and INDE contains IAN; use 1, the status of next year"
)


class GeneratedParams(Params):
    students: int = Field(ge=100, le=300_000)
    first_year: int = Field(ge=2000, le=2090)
    years: int = Field(ge=3, le=10)
    seed: int
    dirt: bool
    files: Literal["one", "each"]


class BronzeParams(Params):
    corrections: Literal["replace", "merge"]


class SilverParams(Params):
    index_max: float = Field(gt=0)
    index_tolerance: float = Field(ge=0)
    max_rejected: float = Field(ge=0, le=1)


class RulerParams(Params):
    first_age: int = Field(ge=0)
    phases: list[int] = Field(min_length=2)


class TargetParams(Params):
    years_ahead: int

    @field_validator("years_ahead")
    @classmethod
    def _next_year(cls, years: int) -> int:
        if years == 0:
            raise ValueError(SAME_YEAR)
        if years != 1:
            raise ValueError("must be 1: sheets are of one year each, and students leave")
        return years


class LogisticParams(Params):
    strength: float = Field(gt=0)


class ForestParams(Params):
    trees: int = Field(gt=0, le=500)
    min_leaf: int = Field(gt=0)
    max_leaves: int = Field(ge=2)
    rows: int = Field(ge=100)


class LightgbmParams(Params):
    trees: int = Field(gt=0)
    learning_rate: float = Field(gt=0)
    leaves: int = Field(ge=2)
    min_leaf: int = Field(gt=0)
    penalty: float = Field(ge=0)


class ModelParams(Params):
    features: list[str] = Field(min_length=1)
    members: list[Member] = Field(min_length=1)
    replicates: int = Field(ge=2, le=200)
    folds: int = Field(ge=2, le=20)
    seed: int
    logistic: LogisticParams
    forest: ForestParams
    lightgbm: LightgbmParams

    @field_validator("features")
    @classmethod
    def _allowed(cls, names: list[str]) -> list[str]:
        check_features(names)
        return names

    @model_validator(mode="after")
    def _members_once(self) -> "ModelParams":
        if len(set(self.members)) < len(self.members):
            raise ValueError("members: each may be named once")
        return self


class DecisionParams(Params):
    missed_critical_cost: float = Field(gt=0)
    interval: float = Field(gt=0, lt=1)
    missing: Literal["impute", "refuse"]


class EvaluationParams(Params):
    resamples: int = Field(ge=0)
    group_min: int = Field(ge=1)
    leak_alarm: float = Field(gt=0.5, le=1)


class GateParams(Params):
    metric: Literal["macro_f1", "ap_critical", "auc_critical", "auc_lagging"]
    tolerance: float = Field(ge=0, lt=1)
    min_users: int = Field(ge=1)


class ReleasesParams(Params):
    keep: int = Field(ge=0)
    keep_runs: int = Field(ge=1)


class StudentsParams(Params):
    """All of ``students.toml``."""

    generated: GeneratedParams
    bronze: BronzeParams
    silver: SilverParams
    ruler: RulerParams
    target: TargetParams
    model: ModelParams
    decision: DecisionParams
    evaluation: EvaluationParams
    gate: GateParams
    releases: ReleasesParams
