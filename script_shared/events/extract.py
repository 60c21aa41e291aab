"""A part of the event log, page by page: what is exported, and how one entry is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from script_shared.events.entry import Entry, Kind
from script_shared.events.log import EventLog

PAGE = 2_000  # entries in memory at once
KINDS = {kind.name.lower(): kind for kind in (Kind.CLICK, Kind.IMPRESSION, Kind.ARTICLE, Kind.SERVED)}
USUAL = ("click", "impression")


@dataclass(frozen=True)
class Extract:
    """Which entries are wanted.

    Attributes:
        kinds: names in ``KINDS``.
        since_ms, until_ms: epoch milliseconds, UTC; from the first up to, not including, the second.
        after: number of the last entry that is left out, 0 for none.
    """

    kinds: tuple[str, ...] = USUAL
    since_ms: int | None = None
    until_ms: int | None = None
    after: int = 0

    def pages(self, log: EventLog) -> Iterator[list[Entry]]:
        """The entries in the log's order, up to the newest one at the start.

        Raises:
            UnavailableError: the log cannot be read; what came before is a beginning only.
        """
        after, last = self.after, log.head()
        kinds = [KINDS[name] for name in self.kinds]
        while after < last:
            page = log.extract(after, last, PAGE, kinds=kinds, since_ms=self.since_ms, until_ms=self.until_ms)
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].seq


def plain(entry: Entry) -> dict[str, Any]:
    """An entry as one flat row, under the names that ``POST /events`` has."""
    seconds, milliseconds = divmod(entry.time_ms, 1000)
    time = f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:-6]}.{milliseconds:03d}Z"
    return {
        **entry.body,
        "seq": entry.seq,
        "event_id": entry.entry_id,
        "kind": entry.kind.name.lower(),
        "time": time,
        "user_id": entry.user_id,
        "page": entry.article_id,
    }
