"""Models of requests, which are validated, and of answers, which are documented."""

from typing import Annotated

from pydantic import BaseModel, Field

from app.http.question import Question
from app.news.text_fields import Id, Label

Ids = Annotated[list[Id], Field(max_length=1000, fail_fast=True)]  # a thousand errors cost 0.1 s


class VisitorFields(Question):
    """The visitor who sends the request, as in events."""

    user_id: Id | None = Field(None, description="The user; blank or unknown means a new user.")
    session: Id = Field("", description="The visit, as in events; identifies the user when user_id is left out.")
    region: Label = Field("", description="As in events; likewise device and os.")
    device: Label = ""
    os: Label = ""

    def visitor(self) -> tuple[str, str, str, str, str]:
        """User, session, region, device and os, as in a :class:`~script_shared.news.state.event.Visitor`."""
        return (self.user_id or "").strip(), self.session, self.region, self.device, self.os


class Knobs(VisitorFields):
    """Parameters of both GET and POST."""

    num_recs: int = Field(10, ge=1, le=100, description="Number of articles.")
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
    variant: str = Field(description="Experiment and variant, as `ranker/off`; empty outside experiments.")
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
