"""The students use case's params: their names, types and allowed ranges. Values are in ``params/students.toml``."""

from typing import Literal

from pydantic import Field, field_validator

from script_shared.params import FOLDER, Params
from script_shared.params.loop import MonitoringParams
from script_shared.students.model_params import Costs, Metric, ModelParams, SearchParams

FILE = FOLDER / "students.toml"
SAME_YEAR = (
    "the status of the same year is no prediction: it is a function of the lag, which is in the sheet, IAN is "
    "computed from the lag and INDE contains IAN; use 1, the status of next year"
)


class GeneratedParams(Params):
    """The generated source: workbooks of this shape, with planted truth and the usual faults."""

    students: int = Field(ge=100, le=300_000, description="students of each year")
    first_year: int = Field(ge=2000, le=2090, description="first year")
    years: int = Field(ge=3, le=10, description="sheets: the first ones train, the last pair tests")
    seed: int = Field(description="seed of the generator")
    dirt: bool = Field(
        description="faulty column names, spellings and dates, as in such sheets; false writes clean ones"
    )
    drift: float = Field(
        ge=0,
        le=1,
        description="how far the last year differs: marks and engagement fall, cells are missing, schools change, a "
        "column is new; 0 for no drift",
    )
    files: Literal["one", "each"] = Field(description="one workbook of all years, or each: a workbook per year")


class BronzeParams(Params):
    """Raw sheets as one table."""

    corrections: Literal["replace", "merge"] = Field(
        description="replace: a later sheet of a year replaces the earlier one; merge: only its students"
    )


class SilverParams(Params):
    """Checked values."""

    index_max: float = Field(gt=0, description="highest value of indices and marks")
    index_tolerance: float = Field(ge=0, description="values above it by at most this are cut; others are left out")
    max_rejected: float = Field(
        ge=0, le=1, description="share of a year's rows that may be rejected; more stops the run"
    )


class RulerParams(Params):
    """The ideal phase by age (year minus birth year), as measured from 2023 on."""

    first_age: int = Field(ge=0, description="age of the first phase in the list")
    phases: list[int] = Field(
        min_length=2, description="ideal phase of each age; the last one holds for all older students"
    )


class TargetParams(Params):
    """What is predicted."""

    years_ahead: int = Field(description="years ahead of the predicted status; 0 (the same year) is refused")

    @field_validator("years_ahead")
    @classmethod
    def _next_year(cls, years: int) -> int:
        if years == 0:
            raise ValueError(SAME_YEAR)
        if years != 1:
            raise ValueError("must be 1: sheets are of one year each, and students leave")
        return years


class DecisionParams(Params):
    """Thresholds, chosen on the training years only."""

    missed_critical_cost: float = Field(
        gt=0, description="cost of a missed critical student, in false alarms; sets the threshold of `urgent`"
    )
    thresholds: Literal["macro_f1", "cost"] = Field(
        description="thresholds of the status: those with the lowest `costs`, or those with the best macro-F1"
    )
    costs: tuple[Costs, Costs, Costs] = Field(
        description="cost by true status (row) and predicted status (column): expected, alert, critical; a critical "
        "student who is missed costs more than a false alarm"
    )
    interval: float = Field(gt=0, lt=1, description="share of the replicates inside the interval of a risk")
    missing: Literal["impute", "refuse"] = Field(
        description="missing features: impute widens the interval, refuse answers 422"
    )

    @field_validator("costs")
    @classmethod
    def _missed_costs_more(cls, costs: tuple[Costs, Costs, Costs]) -> tuple[Costs, Costs, Costs]:
        if any(costs[place][place] for place in range(3)) or min(map(min, costs)) < 0:
            raise ValueError("a right status costs 0 (the diagonal), and no cost is below 0")
        if costs[2][0] <= costs[0][2] or costs[2][1] <= costs[1][2]:
            raise ValueError(
                "a critical student who is missed (last row) must cost more than a false alarm (last column)"
            )
        return costs


class EvaluationParams(Params):
    """The evaluation on the last pair of years."""

    resamples: int = Field(ge=0, description="resamples of the bootstrap, by student")
    group_min: int = Field(ge=1, description="students that a group needs to be judged")
    repeats: int = Field(ge=0, description="repeats of the cross-validation by student on the training years")
    learning_curve: list[float] = Field(description="shares of the training students that models learn from")
    curve_students: int = Field(ge=100, description="most students for cross-validation and learning curve")
    leak_alarm: float = Field(
        gt=0.5, le=1, description="macro-F1 or AUC (also of one feature) above which the run or release is stopped"
    )


class GateParams(Params):
    """The comparison with the release in service and the rule "same as this year"."""

    metric: Metric = Field(description="metric to compare: macro_f1, ap_critical, auc_critical or auc_lagging")
    tolerance: float = Field(ge=0, lt=1, description="share of the reference's value by which a candidate may be worse")
    min_users: int = Field(ge=1, description="students of the test that the gate needs")


class ReleasesParams(Params):
    """How many releases and runs are kept."""

    keep: int = Field(
        ge=0, description="releases that maintenance keeps, besides the one in service and the previous one"
    )
    keep_runs: int = Field(
        ge=1, description="runs that maintenance keeps; older ones and their records of children are removed"
    )


class AccessParams(Params):
    """The record of who looked at which student."""

    keep_days: int = Field(ge=1, description="days after which maintenance removes rows of the access record")


class StudentsParams(Params):
    """All of ``students.toml``."""

    generated: GeneratedParams
    bronze: BronzeParams
    silver: SilverParams
    ruler: RulerParams
    target: TargetParams
    model: ModelParams
    search: SearchParams
    decision: DecisionParams
    evaluation: EvaluationParams
    gate: GateParams
    monitoring: MonitoringParams
    releases: ReleasesParams
    access: AccessParams
