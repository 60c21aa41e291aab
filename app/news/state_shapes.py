"""Models of answers about the live state and one user. They only document the answers."""

from typing import Any

from pydantic import BaseModel, Field

from app.news.event_shapes import PersonCounts
from app.routes.shapes import Moment


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
