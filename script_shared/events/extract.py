"""Exports a part of the event log, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from script_shared.events.database.articles import BEFORE
from script_shared.events.entry import TRACE, Entry, Kind
from script_shared.events.log import EventLog

HIDDEN = (BEFORE, TRACE)  # fields of a body that are not shown
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
        after_list: number of the last served list that is left out, 0 for none.
    """

    kinds: tuple[str, ...] = USUAL
    since_ms: int | None = None
    until_ms: int | None = None
    after: int = 0
    after_list: int = 0

    def pages(self, log: EventLog) -> Iterator[list[Entry]]:
        """The entries in the log's order, up to the newest one at the start; then served lists in theirs.

        Args:
            log: the log that is read.

        Raises:
            UnavailableError: the log cannot be read; what came before is a beginning only.
        """
        last, last_list = log.head(), log.served.head()
        yield from self._entries(log, last)
        if Kind.SERVED.name.lower() in self.kinds:
            yield from self._lists(log, last_list)

    def _entries(self, log: EventLog, last: int) -> Iterator[list[Entry]]:
        after = self.after
        kinds = [KINDS[name] for name in self.kinds]
        while after < last:
            page = log.history.extract(after, last, PAGE, kinds=kinds, since_ms=self.since_ms, until_ms=self.until_ms)
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].seq

    def _lists(self, log: EventLog, last: int) -> Iterator[list[Entry]]:
        after = self.after_list
        while page := log.served.by_number(after, last, PAGE, since_ms=self.since_ms, until_ms=self.until_ms):
            yield [one.entry() for one in page]
            after = page[-1].number


def plain(entry: Entry) -> dict[str, Any]:
    """An entry as one flat row, under the names that ``POST /events`` has; a served list has no ``seq``.

    Args:
        entry: an entry of the log, or a served list as one.

    Returns:
        ``seq``, ``event_id``, ``kind``, ``time`` (ISO 8601, UTC, with milliseconds), ``user_id``, ``page``, and the
        fields of the entry's body.
    """
    seconds, milliseconds = divmod(entry.time_ms, 1000)
    time = f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:-6]}.{milliseconds:03d}Z"
    return {
        **{name: value for name, value in entry.body.items() if name not in HIDDEN},
        "seq": entry.seq or None,
        "event_id": entry.entry_id,
        "kind": entry.kind.name.lower(),
        "time": time,
        "user_id": entry.user_id,
        "page": entry.article_id,
    }
