"""Models of the public lists and of stored articles."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from app.http.question import Question
from app.news.shapes import VisitorFields
from app.news.text_fields import Id, Label
from app.routes.shapes import Moment

Window = Literal["2m", "10m", "1h", "6h", "24h"]
Words = Annotated[str, StringConstraints(max_length=200)]
State = Literal["shown", "expired", "not_published", "embargoed", "hidden", "taken_down"]


class ListFilters(Question):
    """Filters of every list of articles."""

    section: Label = Field("", description="Only articles of this section.")
    tag: Label = Field("", description="Only articles that were posted with this tag.")
    limit: int = Field(10, ge=1, le=100, description="Number of articles.")


class MostReadQuery(ListFilters):
    window: Window = Field("1h", description="Half-life of a click, so recent clicks count more.")
    region: Label = Field("", description="Only clicks of users of this region.")


class LatestQuery(ListFilters):
    window: Window | None = Field(None, description="Only articles published within this time.")
    region: Label = Field("", description="Only articles about this region.")


class ArticlesQuery(ListFilters):
    q: Words = Field("", description="Words of the title; the beginning of a word is enough.")
    region: Label = Field("", description="Only articles about this region.")
    state: State | None = Field(None, description="Only articles in this state (admin).")
    cursor: str = Field("", max_length=100, description="`next` of the previous page.")


class ArticleQuery(VisitorFields):
    """The user to explain the list for (admin): what a user has read is personal."""

    user_id: Id | None = Field(None, description="Explain why the article is in this user's list, or why not.")
    session: Id = Field("", description="The same for a visit.")
    section: Label = Field("", description="As in `GET /recommendations`.")


class ListedArticle(BaseModel):
    page: str
    title: str
    url: str
    issued: Moment = Field(description="When it was published, ISO 8601, UTC.")
    section: str
    region: str
    tags: list[str]


class ReadArticle(ListedArticle):
    clicks: int = Field(description="Clicks in the window; older ones count less.")
    share: float = Field(description="Share of all clicks counted for the list, 0 to 1.")


class MostRead(BaseModel):
    window: Window
    generated_at: Moment
    items: list[ReadArticle]


class Latest(BaseModel):
    generated_at: Moment
    items: list[ListedArticle]


class StatedArticle(ListedArticle):
    state: State


class Articles(BaseModel):
    items: list[StatedArticle] = Field(description="Newest first.")
    next: str | None = Field(description="Cursor of the next page; a page may be short and still have a next one.")


class Reason(BaseModel):
    reason: str
    text: str


class UserVerdict(BaseModel):
    segment: str
    shown: bool
    place: int | None = Field(description="Place in the user's list of 100, from 0.")
    score: float | None
    source: str | None = Field(description="Source of the candidate.")
    because: str | None = Field(description="The reason shown in the list.")
    reasons: list[Reason] = Field(description="Reasons why it is not in the list.")


class EditorialFacts(BaseModel):
    in_release: bool
    posted_at: Moment | None = Field(
        description="Time of the first post; null for an article that only the release has."
    )
    embargo_until: Moment | None
    expires: Moment | None
    hidden: bool
    taken_down: bool


class Article(StatedArticle):
    editorial: EditorialFacts | None = Field(description="For admins, else null.")
    user: UserVerdict | None = Field(description="For admins who name a user or visit, else null.")
