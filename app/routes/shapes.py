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


class TrainingRun(BaseModel):
    dag: str
    run_id: str
    state: str
    address: str = Field(description="Address of the run in Airflow.")


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
