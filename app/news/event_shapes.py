"""Models of events and articles, validated before they reach the log."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)

from app.http.question import Question
from app.news.text_fields import Id, Label, RequiredId, RequiredLabel, Text, Title
from script_shared.events.entry import storable
from script_shared.times import EARLIEST_MS, LATEST_MS, epoch_ms

MAX_BATCH = 1000


def storable_text(text: str) -> str:
    """The text, when every database can keep it.

    Raises:
        ValueError: it holds a control character or half of a character.
    """
    if not storable(text):
        raise ValueError("may not contain control characters or surrogates")
    return text


Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(storable_text)]
_TIMES: list[dict[str, Any]] = [
    {"type": "integer", "minimum": EARLIEST_MS // 1000, "maximum": LATEST_MS // 1000},
    {"type": "integer", "minimum": EARLIEST_MS, "maximum": LATEST_MS},
    {"type": "string", "format": "date-time"},
]
Time = Annotated[
    int,
    BeforeValidator(epoch_ms),
    WithJsonSchema({"anyOf": _TIMES}),
    Field(description="Seconds or milliseconds since 1970, or ISO 8601 (UTC where no offset is given)."),
]


Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class Event(Question):
    event_id: RequiredId = Field(description="An event with this id counts once, even if it is sent again.")
    kind: Literal["click", "impression"] = "click"
    user_id: Id = Field("", description="The user; blank for none, then the session identifies the visit.")
    page: RequiredId = Field(description="The article; it may be unknown yet.")
    time: Time | None = Field(None, description="Time of the event; now on the release's clock when left out.")
    session: Id = Field("", description="The visit; when left out, pauses separate visits.")
    region: Label = ""
    device: Label = ""
    os: Label = ""
    referrer: Label = ""
    section: Label = Field("", description="The article's section.")
    position: int | None = Field(None, ge=0, le=10_000, description="Place in the list it was shown in, from 0.")
    n: int | None = Field(None, ge=0, le=10_000, description="Length of that list.")
    release: Label = Field("", description="Release of the answer it was shown in.")
    answer_id: Id = Field("", description="`answer_id` of that answer; credits the click to it.")
    request_id: Id = Field("", description="Stored with the event for your own use.")


class ArticlePost(Question):
    """An article; fields that are left out keep their values, and null removes a time."""

    page: RequiredId
    title: Title | None = None
    url: Url | None = None
    text: Text | None = Field(None, description="Caption and body; similar articles are found by its beginning.")
    section: Label | None = None
    region: Label | None = None
    issued: Time | None = Field(None, description="Publication time; now for a new article.")
    embargo_until: Time | None = Field(None, description="Not shown before.")
    expires: Time | None = Field(None, description="Not shown from then on.")
    hidden: bool = Field(False, description="Leave the article out of lists until a post sets this to false.")
    taken_down: bool = Field(False, description="Leave the article out of lists permanently.")
    vector: Annotated[list[Number], Field(min_length=2, max_length=1024)] | None = Field(
        None,
        description="A vector of your own, such as an embedding, to find similar articles.",
    )
    vector_name: Label | None = Field(
        None, description="Name of the vector's model; vectors of one name have the same length and are compared."
    )
    tags: Annotated[list[RequiredLabel], Field(max_length=20)] | None = Field(
        None, description="Free words, such as topics and people; for filters, and to find similar new articles."
    )


def _one_or_many(value: Any) -> str:
    return "list" if isinstance(value, list) else "item"


_Events = Annotated[list[Event], Field(min_length=1, max_length=MAX_BATCH, fail_fast=True), Tag("list")]
_Articles = Annotated[list[ArticlePost], Field(min_length=1, max_length=MAX_BATCH, fail_fast=True), Tag("list")]
EventsBody = Annotated[Annotated[Event, Tag("item")] | _Events, Discriminator(_one_or_many)]
ArticlesBody = Annotated[Annotated[ArticlePost, Tag("item")] | _Articles, Discriminator(_one_or_many)]


class EventsAccepted(BaseModel):
    accepted: int = Field(description="Events written now: durable, and counted by this process.")
    duplicates: int = Field(description="Events whose id was known already; ignored.")


class PersonCounts(BaseModel):
    entries: dict[str, int] = Field(description="Entries of the event log, by kind.")
    visits: int = Field(description="Sessions in which the user was seen.")
    live_reads: int = Field(description="Read articles in the live state.")
    live_shown: int = Field(description="Shown articles in the live state.")
    answers: int = Field(description="Answers that this process remembers.")
    release_reads: int = Field(description="Reads in the release in service.")


class PersonErased(BaseModel):
    entries: int = Field(description="Number of deleted entries of the log.")
    found: PersonCounts


class QuarantinePost(Question):
    """Bad clicks and impressions: of these senders, or of everybody, within a time range."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(storable_text)] = Field(
        description="Why, for the record; do not name a person."
    )
    users: list[RequiredId] = Field([], max_length=MAX_BATCH)
    sessions: list[RequiredId] = Field([], max_length=MAX_BATCH, description="Visits, with or without a user.")
    networks: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]] = Field(
        [], max_length=MAX_BATCH, description="Pseudonyms of networks, as in the events."
    )
    pages: list[RequiredId] = Field(
        [], max_length=MAX_BATCH, description="Only events on these articles; all articles when left out."
    )
    since: Time | None = Field(None, description="Start of the range; required when no sender is named.")
    until: Time | None = Field(None, description="End of the range; now when left out.")

    @model_validator(mode="after")
    def _check_selection(self) -> "QuarantinePost":
        if not (self.users or self.sessions or self.networks) and self.since is None:
            raise ValueError("name users, sessions or networks, or give `since`")
        return self


class QuarantineRecord(BaseModel):
    id: str
    time: str = Field(description="Time of the quarantine.")
    reason: str
    people: int = Field(description="Number of users and sessions named; their ids are not stored.")
    networks: list[str]
    articles: list[str]
    since: str | None
    until: str
    clicks: int = Field(description="Clicks that it left out at that time.")
    impressions: int
    in_release: int = Field(
        description="Of them, those in the release's training data; the next training leaves them out."
    )
    undone: str | None = Field(description="When it was taken back, null while it applies.")


class QuarantineList(BaseModel):
    quarantines: list[QuarantineRecord]


class Correction(Question):
    """The corrected fields of an event; fields that are left out keep their values."""

    kind: Literal["click", "impression"] | None = None
    page: RequiredId | None = None
    user_id: Id | None = None
    session: Id | None = None
    time: Time | None = None
    region: Label | None = None
    device: Label | None = None
    os: Label | None = None
    referrer: Label | None = None
    section: Label | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Correction":
        if all(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("name at least one field to correct")
        return self


class EventCorrected(BaseModel):
    event_id: str
    quarantine_id: str = Field(description="`DELETE /quarantine/{quarantine_id}` lets the event count again.")
    replaced_by: str | None = Field(description="Id of the corrected event; null if the event was only taken out.")
    in_release: bool = Field(description="Whether the release in service contains the event, until the next release.")
