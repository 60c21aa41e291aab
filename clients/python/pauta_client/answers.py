"""Answers of the API as values."""

from dataclasses import dataclass, fields
from typing import Any


class PautaError(Exception):
    """The API refused a request, or could not be reached.

    Attributes:
        status: HTTP status; 0 when there was no answer.
        detail: what is wrong and what to do about it.
        errors: of a 422, the field and message of each complaint.
    """

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(f"{status}: {detail}" if status else detail)
        self.status, self.detail, self.errors = status, detail, errors or []


@dataclass(frozen=True)
class Item:
    """A recommended article."""

    page: str
    title: str
    url: str
    issued: str
    score: float | None
    reason: str
    source: str

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Item":
        """From an item of an answer; members that this version does not know are ignored."""
        return cls(**{field.name: content.get(field.name) for field in fields(cls)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Recommendations:
    """A list for one user.

    Attributes:
        answer_id: send it with clicks and impressions of this list.
        next: cursor of the next page, None for none.
        degraded: parts that were missing for this answer.
    """

    items: list[Item]
    answer_id: str
    segment: str
    source: str
    release: str
    next: str | None
    degraded: list[str]

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Recommendations":
        """From the answer of ``/recommendations``."""
        rest = {name: content.get(name, "") for name in ("answer_id", "segment", "source", "release")}
        items = [Item.of(item) for item in content["items"]]
        return cls(items, next=content.get("next"), degraded=content.get("degraded", []), **rest)
