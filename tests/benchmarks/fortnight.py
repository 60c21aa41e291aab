"""A day of real clicks sent to a running API: lists for some of them, all of them as events, and what the lists hit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl

LENGTH = 10  # of a list
MOST_READ = 100  # articles read for the baseline, from which those that the user read are left out
BATCH = 500  # events sent at once


@dataclass
class Hits:
    """What was seen on a day.

    Attributes:
        lists: lists served just before a click.
        hits: of them with the clicked article.
        most_read: of them, with the clicked article among the ten most read ones of the last hour, without read ones.
        failed: lists without an answer of 200, or without items.
        events: events sent.
    """

    lists: int = 0
    hits: int = 0
    most_read: int = 0
    failed: int = 0
    events: int = 0

    def share(self, hits: int) -> float:
        """Hits as a share of the lists; nan without a list."""
        return hits / self.lists if self.lists else float("nan")


def clicks_of_users(path: Path, share: float) -> pl.DataFrame:
    """The clicks of a share of the users, chosen by a hash of their id, in order of time.

    Args:
        path: the file of portal clicks.
        share: of the users, 0 to 1.
    """
    clicks = pl.scan_parquet(path).filter(pl.col("user_id").hash(7) % 10_000 < int(10_000 * share))
    return clicks.sort("click_timestamp", maintain_order=True).collect()


def of_days(clicks: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """The clicks from one day to another, both included, UTC."""
    begin, end = (datetime(day.year, day.month, day.day) for day in (first, last + timedelta(days=1)))
    span = [1000 * int((each - datetime(1970, 1, 1)).total_seconds()) for each in (begin, end)]
    return clicks.filter(pl.col("click_timestamp").is_between(*span, closed="left"))


class Readers:
    """Users who read as they did on the real site, over HTTP; an article is posted just before its first click."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._read: dict[str, set[str]] = {}
        self._posted: set[str] = set()

    def remember(self, clicks: pl.DataFrame) -> None:
        """Note what was read before the traffic begins."""
        for user, page in clicks.select("user_id", "click_article_id").iter_rows():
            self._read.setdefault(str(user), set()).add(str(page))
            self._posted.add(str(page))

    def live(self, clicks: pl.DataFrame, lists: int, look: Callable[[int], None], looks: int) -> Hits:
        """Send the clicks of a day in order; just before some of them, evenly spaced, ask for a list.

        Args:
            clicks: of the day.
            lists: how many lists to ask for at most.
            look: called with the number of lists so far.
            looks: how often it is called.
        """
        found, waiting = Hits(), []
        every = max(1, clicks.height // lists)
        for place, row in enumerate(clicks.iter_rows(named=True)):
            event = _event(row, place)
            if place % every == 0:
                self._send(waiting, found)
                waiting = []
                event["answer_id"] = self._list(event, found)
                if found.lists % max(1, lists // looks) == 0:
                    look(found.lists)
            waiting.append(event)
            self._read.setdefault(event["user_id"], set()).add(event["page"])
            if len(waiting) >= BATCH:
                self._send(waiting, found)
                waiting = []
        self._send(waiting, found)
        return found

    def _list(self, event: dict[str, Any], found: Hits) -> str:
        """Ask for the list that the user would have seen; returns the answer's id, "" without one."""
        names = ("user_id", "session", "region", "device")
        query = {name: event[name] for name in names} | {"num_recs": LENGTH}
        answer = self._client.get("/recommendations", params=query)
        found.lists += 1
        body = answer.json() if answer.status_code == 200 else {"items": []}
        if not body["items"]:
            found.failed += 1
            return ""
        found.hits += event["page"] in {item["page"] for item in body["items"]}
        read = self._read.get(event["user_id"], set())
        popular = self._client.get("/most-read", params={"window": "1h", "limit": MOST_READ}).json()["items"]
        unread = [item["page"] for item in popular if item["page"] not in read]
        found.most_read += event["page"] in unread[:LENGTH]
        return str(body["answer_id"])

    def _send(self, events: list[dict[str, Any]], found: Hits) -> None:
        new = {event["page"]: event["time"] for event in reversed(events) if event["page"] not in self._posted}
        if new:
            posts = [{"page": page, "title": f"Article {page}", "issued": time} for page, time in new.items()]
            self._client.post("/articles", json=posts).raise_for_status()
            self._posted.update(new)
        if events:
            self._client.post("/events", json=events).raise_for_status()
            found.events += len(events)


def _event(row: dict[str, Any], place: int) -> dict[str, Any]:
    time_ms = int(row["click_timestamp"])
    return {
        "event_id": f"{time_ms}-{row['user_id']}-{place}",
        "user_id": str(row["user_id"]),
        "page": str(row["click_article_id"]),
        "time": time_ms,
        "session": str(row["session_id"]),
        "region": str(row["click_region"]),
        "device": str(row["click_deviceGroup"]),
        "os": str(row["click_os"]),
        "referrer": str(row["click_referrer_type"]),
    }


def days(first: date, last: date) -> Iterator[date]:
    """The days from one to another, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
