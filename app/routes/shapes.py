"""Shapes of requests and answers of the routes that every use case has. Answers are documented, not checked."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.http.question import Question

Moment = str  # ISO 8601, UTC


class Health(BaseModel):
    status: Literal["ok"]


class ReleaseRefused(BaseModel):
    release: str
    reason: str
    at: Moment
    retried: bool = Field(description="Whether the service retries by itself.")


class Troubles(BaseModel):
    refused: ReleaseRefused | None = Field(description="The release that could not be loaded; null for none.")
    store_error: str | None = Field(description="Why the release store could not be read; null if it could.")
    release_store: str = Field(description="`reachable`, or since when it is not, and whether the cache is served.")


class ClockFacts(BaseModel):
    mode: str = Field(description="wall: the clock of this machine; data: the end of historical data.")
    now: Moment
    data_end: Moment | None = Field(description="Of the newest interaction; null for a use case without interactions.")
    why: str = Field(description="Why the release runs on this clock, and how to change it.")


class UseCaseReady(BaseModel):
    ready: bool
    release: str | None
    reason: str | None = Field(description="Why there is none in service, null when there is.")


class Ready(Troubles):
    status: Literal["ready"]
    release: str | None = Field(description="Of the use case, or of the first one; null when others are ready.")
    clock: ClockFacts | None
    use_cases: dict[str, UseCaseReady] = Field(description="Each use case of this instance.")


class Info(Troubles):
    name: str
    version: str
    environment: str = Field(description="`PAUTA_ENV`: dev, staging or prod.")
    python: str
    packages: dict[str, str]
    process: int
    started_at: Moment
    uptime_seconds: float
    wall_time: Moment
    clock: ClockFacts | None = Field(description="Null before the first release.")
    release: str | None
    use_cases: list[str] = Field(description="Names of the use cases that are served here.")
    settings: dict[str, Any] = Field(description="By name; of a secret only whether it is set.")


class ModelFacts(BaseModel):
    """Of every use case; what it says of its own releases comes beside these."""

    model_config = ConfigDict(extra="allow")

    use_case: str
    release: str
    sequence: int = Field(description="Number of changes of the pointer.")
    created_at: Moment
    run_id: str | None
    promoted_at: Moment
    promoted_by: str
    promoted_because: str
    loaded_at: Moment
    load_seconds: float
    articles: int | None = Field(None, description="News: articles in the catalog.")
    readers: int | None = Field(None, description="News: users that the release knows.")
    facts: dict[str, Any] | None = Field(None, description="News: facts noted by the training.")
    examples: dict[str, list[str]] | None = Field(
        None, description="News: a few users by segment, of historical data only."
    )


class Model(ModelFacts, Troubles):
    pass


class ModelReloaded(ModelFacts):
    reloaded: bool


class ReleaseFacts(BaseModel):
    version: str
    created_at: Moment
    run_id: str | None
    bytes: int
    current: bool = Field(description="Whether the pointer names it.")
    facts: dict[str, Any]


class Move(BaseModel):
    version: str
    sequence: int
    promoted_at: Moment
    by: str
    reason: str
    kind: Literal["promote", "rollback"]


class ReleaseList(BaseModel):
    current: str | None
    serving: str | None
    releases: list[ReleaseFacts] = Field(description="Newest first.")
    history: list[Move] = Field(description="Changes of the pointer, oldest first.")


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


class TrainingRun(BaseModel):
    dag: str
    run_id: str
    state: str
    address: str = Field(description="Address of the run in Airflow.")


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
    run_id: str
    measured_at: Moment
    comparisons: dict[str, DriftComparison] = Field(
        description="`long_term`: compared with the release's reference; `short_term`: with the last window. "
        "`served_long_term`, `served_short_term`: the same of what the release in service answers."
    )
    model: DriftOfModel | None = None


class TrainBody(Question):
    dag: str | None = Field(
        None,
        pattern="^[a-z][a-z0-9_]*_(training|data)$",
        description="Use case with _training, or with _data, which prepares data and starts a training afterwards. "
        "The training of the first use case when left out.",
    )
    params: dict[str, Any] = Field({}, description="Params of the DAG, as its form in Airflow shows them.")


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[dict[str, str]] = Field([], description="On a 422: place, field and message of each error.")
