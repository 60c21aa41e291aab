"""Shapes of questions and answers about evaluations and drift. Answers are documented, not checked."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.http.question import Question
from app.routes.shapes import Moment


class EvaluationRow(BaseModel):
    run_id: str
    evaluated_at: Moment
    source: str = Field(description="Source of the data.")
    release: str = Field(description="Blank for a model that is not a release.")
    model: str
    segment: str
    protocol: str
    metric: str
    cutoff: int | None
    value: float | None
    low: float | None
    high: float | None
    users: int | None
    window_start: str
    window_end: str


class EvaluationRows(BaseModel):
    count: int
    rows: list[EvaluationRow]


class EvaluationQuery(Question):
    run_id: str | None = Field(None, description="Only this run.")
    segment: str | None = Field(None, description="logged, semi_logged, anonymous or all.")
    model: str | None = Field(None, description="candidate, in_service, popularity_1h, most_read_10m ...")
    protocol: str | None = Field(None, description="batch: one list per user; replay: a list before every click.")
    metric: str | None = Field(None, description="recall, ndcg, mrr, hr, coverage or novelty.")
    cutoff: int | None = Field(None, description="Length of the evaluated list.")
    latest: bool = Field(False, description="Only the run evaluated last.")


class ServiceStanding(BaseModel):
    """A group of clicks: the release in service beside the best row of the most read."""

    kind: str = Field(description="`segment` or `source` (of the answer).")
    group: str
    clicks: int
    own: float | None = Field(description="Figure of the release in service.")
    rival: str
    rival_value: float | None
    lead: float | None
    low: float | None = Field(description="Lower end of its 95 % interval.")
    high: float | None
    verdict: str = Field(description="`yes` or `no` if the interval excludes 0, else `unclear`.")


class ServiceEvaluation(BaseModel):
    run_id: str
    evaluated_at: Moment
    release: str
    window_start: str
    window_end: str
    verdict: str
    standings: list[ServiceStanding]


class ServiceFigures(ServiceEvaluation):
    sentence: str = Field(description="Whether the release still earns its place.")
    judged: dict[str, Any] = Field(description="`metric` and `cutoff`.")
    history: list[ServiceEvaluation] = Field(description="Evaluations until now, the newest last.")


class DriftComparison(BaseModel):
    """New data compared with a reference, without values of single people."""

    model_config = ConfigDict(extra="allow")

    run_id: str = Field("", description="The run whose data or answers were compared.")
    release: str = Field("", description="Whose answers were compared; empty for data.")
    before: str = Field(description="The reference, such as windows or years.")
    now: str
    rows_before: int
    rows: int
    alarm: bool = Field(description="Whether a column that the model uses has large drift.")
    verdict: str
    columns: list[dict[str, Any]] = Field(
        description="`column`, `kind`, `index` (population stability index), `usual`, `gap` (Kolmogorov-Smirnov), "
        "`effect`, `missing_before`, `missing`, `level` (none, notable, large), `used`, `bins` with both `shares`, "
        "`terms` of texts; largest index first."
    )
    sentences: list[str]


class DriftOfModel(BaseModel):
    """The figures of the release in service beside the drift."""

    model_config = ConfigDict(extra="allow")

    release: str
    sentence: str = Field(description="What the drift means for the model, as far as it was measured.")
    figures: list[dict[str, Any]] = Field(
        description="`metric`, the value `before` (when it was trained) and `now`, with 95 % intervals."
    )


class DriftFigures(BaseModel):
    run_id: str = Field(description="Run of the newest comparison.")
    measured_at: Moment
    comparisons: dict[str, DriftComparison] = Field(
        description="`long_term`: compared with the release's reference; `short_term`: with the last window. "
        "`served_long_term`, `served_short_term`: the same of what the release in service answers."
    )
    model: DriftOfModel | None = None
