"""Who visits, and what they do there: some follow the list, some the trend, some read on from the article."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pipelines.traffic.events import Events
from pipelines.traffic.site import Site

SHOWN = 6  # places of a list that a user sees
FOLLOWS_LIST, FOLLOWS_TREND, READS_ON = 0.35, 0.15, 0.3
EAGERNESS = 0.6  # of the places of a list, each is clicked so much less often than the one above it
REGIONS = ("sp", "rj", "mg", "rs", "ba", "pe")
DEVICES = (("desktop", "linux"), ("mobile", "android"), ("mobile", "ios"))


@dataclass(frozen=True)
class Visitor:
    """A user, or a visit of nobody known, and what the site knows about it."""

    user_id: str
    session: str
    region: str
    device: str
    os: str

    @property
    def known_fields(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


class Crowd:
    """Draws visitors; the same seed draws the same ones in the same order."""

    def __init__(self, draw: Random, run: str, members: Sequence[str], newcomers: int) -> None:
        self._draw, self._run = draw, run
        self._readers = [*members, *(f"demo-reader-{number}" for number in range(newcomers))]
        self._visits = 0

    def visitor(self) -> Visitor:
        """One visit in five is by nobody known; of the users, the first ones come most often."""
        self._visits += 1
        draw = self._draw
        place = min(int(draw.expovariate(4 / len(self._readers))), len(self._readers) - 1) if self._readers else 0
        user = self._readers[place] if self._readers and draw.random() > 0.2 else ""
        device, system = draw.choice(DEVICES)
        return Visitor(user, f"demo-{self._run}-{self._visits}", draw.choice(REGIONS), device, system)


def visit(visitor: Visitor, site: Site, events: Events, draw: Random) -> None:
    """One visit: a list, what is seen of it, perhaps a click, perhaps reading on from there."""
    answer = site.get("/recommendations", num_recs=10, **visitor.known_fields)
    page = _look_at(answer, visitor, events, draw)
    if page is None and draw.random() < FOLLOWS_TREND and (page := _trend(events, draw)):
        events.add("click", page, visitor.known_fields, referrer="social")
    if page and draw.random() < READS_ON:
        _look_at(
            site.get("/recommendations", num_recs=10, context_item=page, **visitor.known_fields), visitor, events, draw
        )


def _look_at(answer: dict[str, Any], visitor: Visitor, events: Events, draw: Random) -> str | None:
    """See the first places, and perhaps click one; the page that was clicked. Both are credited to the answer."""
    items = answer.get("items", [])[:SHOWN]
    credit = {"release": answer.get("release", ""), "answer_id": answer.get("answer_id", ""), "n": len(items)}
    for position, item in enumerate(items):
        events.add("impression", item["page"], visitor.known_fields, position=position, **credit)
    if not items or draw.random() > FOLLOWS_LIST:
        return None
    position = draw.choices(range(len(items)), [EAGERNESS**place for place in range(len(items))])[0]
    page = str(items[position]["page"])
    events.add("click", page, visitor.known_fields, position=position, referrer="front", **credit)
    return page


def _trend(events: Events, draw: Random) -> str | None:
    """A page that many have clicked; None before the first click."""
    pages = events.clicks.most_common(30)
    return draw.choices([page for page, _ in pages], [count for _, count in pages])[0] if pages else None
