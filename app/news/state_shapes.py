"""Models of answers about the service, its releases and one user. They only document the answers."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.news.event_shapes import PersonCounts

Moment = str  # ISO 8601, UTC


class Health(BaseModel):
    status: Literal["ok"]


class Refused(BaseModel):
    release: str
    reason: str
    at: Moment
    retried: bool = Field(description="Whether the service retries by itself.")


class Troubles(BaseModel):
    refused: Refused | None = Field(description="The release that could not be loaded; null for none.")
    store_error: str | None = Field(description="Why the release store could not be read; null if it could.")
    release_store: str = Field(description="`reachable`, or since when it is not, and whether the cache is served.")


class ClockFacts(BaseModel):
    mode: str = Field(description="wall: the clock of this machine; data: the end of historical data.")
    now: Moment
    data_end: Moment
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


class Reloaded(ModelFacts):
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


class StateSizes(BaseModel):
    articles: int
    known_articles: int
    readers: int
    events: int
    bytes: int


class LiveFacts(BaseModel):
    position: int = Field(description="Number of the last entry of the event log that is folded.")
    time: Moment
    degraded: list[str]
    log_error: str | None
    seconds_since_read: float
    served_remembered: int
    posted_articles: int
    state: StateSizes | None
    digest: str | None = Field(description="Digest of the state, equal for equal states; on request.")
    trending: dict[str, Any] | None = Field(description="The most read articles by group, on request.")


class UserEntry(BaseModel):
    entry_id: str
    kind: str
    time_ms: int
    time: Moment
    user_id: str
    article_id: str
    body: dict[str, Any]
    seq: int


class ReleaseRead(BaseModel):
    page: str
    time: Moment


class ReleaseUser(BaseModel):
    release: str
    logged: bool
    reads: list[ReleaseRead]


class PersonFacts(BaseModel):
    counts: PersonCounts
    visits: list[str] = Field(description="Sessions in which the user was seen.")
    entries: list[UserEntry] = Field(description="In the order of the event log.")
    live_reads: list[str]
    live_shown: dict[str, int]
    release: ReleaseUser | None = Field(description="Data of the release in service, null for none.")


class UserFacts(PersonFacts):
    user_id: str


class SessionFacts(PersonFacts):
    session: str


class TrainingRun(BaseModel):
    dag: str
    run_id: str
    state: str
    address: str = Field(description="Address of the run in Airflow.")
