"""Everything stored about one person: log, live state, answers in memory, release in service."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.news.releases.news_release import NewsRelease
from app.news.service import NewsService
from script_shared.events import Entry
from script_shared.events.person import Person, session_name
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.times import iso


@dataclass(frozen=True)
class PersonFacts:
    """All that was found.

    Attributes:
        entries: of the event log, in its order.
        visits: sessions in which the user was seen; none for a visit.
        live_reads: pages in the live state, the latest last as far as their order is known.
        live_shown: how often each page was shown lately.
        answers: answers that this process remembers.
        release: release in service, login and reads; None where it does not know the person.
    """

    entries: Sequence[Entry]
    visits: Sequence[str]
    live_reads: Sequence[str]
    live_shown: dict[str, int]
    answers: int
    release: dict[str, Any] | None

    @classmethod
    async def of(cls, service: NewsService, person: Person) -> "PersonFacts":
        """Look everywhere.

        Raises:
            UnavailableError: the event log cannot be read.
        """
        events, room, served = service.intake.log, service.intake.newsroom, service.live.service
        entries = await asyncio.to_thread(events.export, person.name)
        visits = await asyncio.to_thread(events.visits, person.name)
        names = [person.name, *map(session_name, visits)]
        return cls(
            entries=entries,
            visits=visits,
            live_reads=_live_reads(room, person) if room is not None else [],
            live_shown=dict(room.reads.shown_to(person.user, person.session)) if room is not None else {},
            answers=sum(map(service.intake.credits.given_to, names)),
            release=_in_release(served, names) if served is not None else None,
        )

    def counts(self) -> dict[str, Any]:
        """How much was found, by store."""
        return {
            "entries": dict(Counter(entry.kind.name.lower() for entry in self.entries)),
            "visits": len(self.visits),
            "live_reads": len(self.live_reads),
            "live_shown": len(self.live_shown),
            "answers": self.answers,
            "release_reads": len(self.release["reads"]) if self.release is not None else 0,
        }

    @property
    def nothing(self) -> bool:
        """Whether nothing is stored about the person."""
        return not (self.entries or self.live_reads or self.live_shown or self.answers or self.release)


def _live_reads(room: Newsroom, person: Person) -> list[str]:
    ordered = room.reads.latest_reads(person.user, person.session, 1000)
    return [*sorted(room.reads.read_by(person.user, person.session) - {*ordered, ""}), *ordered]


def _in_release(served: NewsRelease, names: Sequence[str]) -> dict[str, Any] | None:
    """The release's data of these names, without names that were erased since."""
    model, room = served.model, served.recommender.newsroom
    rows = [row for name in names if (row := model.readers.ids.row(name)) >= 0 and room.knows_reader(name)]
    if not rows:
        return None
    reads = model.readers.batch(np.array(rows)).histories
    pages = [
        {"page": model.catalog.ids.ids[int(article)], "time": iso(1000 * int(second))}
        for article, second in zip(reads.article, reads.time_s, strict=True)
    ]
    return {"release": served.release, "logged": bool(model.readers.logged[rows].any()), "reads": pages}
