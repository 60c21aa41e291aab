"""Models of requests, which are validated, and of answers, which are documented."""

from functools import cache
from itertools import islice
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.news.text_fields import Id, Label

MOST_UNKNOWN = 20  # names that are complained about at once, however many there are
Ids = Annotated[list[Id], Field(max_length=1000, fail_fast=True)]  # a thousand errors cost 0.1 s


class Question(BaseModel):
    """Base of all request models: unknown fields are errors, and null for an optional field leaves it out."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        """The input without nulls for fields whose type does not allow null."""
        if not isinstance(given, dict):
            return given
        given = cls._of_bounded_size(given)
        if None not in given.values():
            return given
        return {name: value for name, value in given.items() if value is not None or not cls._left_out(name)}

    @classmethod
    def _of_bounded_size(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What was given, with no more than ``MOST_UNKNOWN`` of the names that it does not know."""
        names = _names(cls)
        if len(given) <= len(names):
            return given
        unknown = islice((name for name in given if name not in names), MOST_UNKNOWN)
        return {name: given[name] for name in (*(name for name in names if name in given), *unknown)}

    @classmethod
    def _left_out(cls, name: str) -> bool:
        field = cls.model_fields.get(name)
        return field is not None and not field.is_required() and type(None) not in get_args(field.annotation)


@cache
def _names(shape: type[Question]) -> dict[str, None]:
    """The names that a shape knows, in order."""
    return dict.fromkeys(field.alias or name for name, field in shape.model_fields.items())


class Knobs(Question):
    """Parameters of both GET and POST."""

    user_id: Id | None = Field(None, description="The user; blank or unknown means a new user.")
    num_recs: int = Field(10, ge=1, le=100, description="Number of articles.")
    session: Id = Field("", description="The visit, as in events; identifies the user when user_id is left out.")
    region: Label = Field("", description="As in events; likewise device and os.")
    device: Label = ""
    os: Label = ""
    section: Label = Field("", description="Only articles of this section.")
    tag: Label = Field("", description="Only articles that were posted with this tag.")
    max_age_hours: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="Only articles published within so many hours."
    )
    context_item: Id = Field("", description="The page being read; the list is what to read next.")
    min_diversity: float = Field(0.0, ge=0, le=1, description="Least distance of any two texts; 0.3 removes copies.")
    explore: int | None = Field(None, ge=0, le=20, description="Places for fresh, unproven articles.")
    explain: bool = Field(False, description="List for each item what its features add to its score.")
    cursor: str = Field("", max_length=20_000, description="`next` of the previous page; no article occurs twice.")


class RecommendationsQuery(Knobs):
    exclude_ids: Ids = Field([], description="Pages that must not come back; may be repeated.")


class RecommendationsBody(Knobs):
    history: Ids = Field(
        [], description="Pages just read, oldest first, in addition to the known reads. Unknown pages are ignored."
    )
    exclude: Ids = Field([], description="Pages that must not come back.")
    exclude_ids: Ids = Field([], description="The same under the name used by GET.")


class PredictBody(Question):
    user_id: Id | None = Field(None, alias="userId", description="The user; blank or unknown means a new user.")
    max_results: int = Field(10, ge=1, le=100, description="Most articles in the list.")
    min_score: float | None = Field(
        None, alias="minScore", allow_inf_nan=False, description="Leave out articles with a lower score."
    )


class EvaluationQuery(Question):
    run_id: str | None = Field(None, description="Only this run.")
    segment: str | None = Field(None, description="logged, semi_logged, anonymous or all.")
    model: str | None = Field(None, description="candidate, in_service, popularity_1h, most_read_10m ...")
    protocol: str | None = Field(None, description="batch: one list per user; replay: a list before every click.")
    metric: str | None = Field(None, description="recall, ndcg, mrr, hr, coverage or novelty.")
    cutoff: int | None = Field(None, description="Length of the evaluated list.")
    latest: bool = Field(False, description="Only the run evaluated last.")


class TrainBody(Question):
    dag: str = Field(
        "news_training",
        pattern="^[a-z][a-z0-9_]*_(training|data)$",
        description="Use case with _training, or with _data, which prepares data and starts a training afterwards.",
    )
    params: dict[str, Any] = Field({}, description="Params of the DAG, as its form in Airflow shows them.")


class Item(BaseModel):
    page: str
    url: str
    title: str
    issued: str = Field(description="When it was published, ISO 8601, UTC.")
    score: float | None
    reason: str = Field(description="Why it is in the list.")
    source: str = Field(
        description="Source of the candidate: trending_10m, trending_1h, session, history, segment, text ..."
    )
    explain: dict[str, float] | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="What each feature adds to the score, greatest first; on request.",
    )


class ListFacts(BaseModel):
    segment: str = Field(description="The segment of the user.")
    source: str = Field(description="The model that made the list.")
    release: str
    answer_id: str = Field(description="Identifies this answer; send it with clicks on its items.")
    request_id: str = Field(
        description="The X-Request-ID of the request, or a new one. It does not identify the answer."
    )
    generated_at: str = Field(description="The time on the release's clock, ISO 8601, UTC.")
    degraded: list[str] = Field(description="Parts that were missing for this answer; empty if all worked.")


class Recommendations(ListFacts):
    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null if this page is not full.")


class Predictions(ListFacts):
    predictions: list[Item]
    processing_time_ms: float
    timing_details: dict[str, float] = Field(description="Milliseconds by stage: model, items.")


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[dict[str, str]] = Field([], description="On a 422: place, field and message of each error.")
