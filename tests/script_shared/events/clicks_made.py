"""Clicks for logs."""

from script_shared.events import Entry, Kind


def click(entry_id, user="u1", article="a1", time_ms=1_000):
    return Entry(str(entry_id), Kind.CLICK, time_ms, user, article, {"session": "s"})
