"""``python -m pipelines.demo.traffic``: the readers and the newsroom of the generated site live its next days, fast.

The reads were drawn from the tastes of the generated readers before the traffic starts, so what somebody reads does not
depend on the list that they get: the lists are as good as they foresee it. While the machine is too slow for the pace,
lists are left out first; reads are not.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from pipelines.demo.breaking import Breaking, announced_story
from pipelines.demo.world import ARTICLES, READS
from pipelines.traffic.site import Site
from script_shared.demo.story import write_json

TOKEN = "SITE_TOKEN"  # environment variable
FIGURES = "traffic.json"
DAY_MINUTES = 1440
LIST_SHARE = 0.6  # of the reads: a list was requested just before
LENGTH = 10  # of a list
BATCH = 200
SEND_SECONDS = 0.25  # between two batches
FIGURES_SECONDS = 1.0
LATE_SECONDS = 0.5  # behind the pace, from which on no lists are requested
SESSION_MS = 30 * 60_000
DEVICES = ("desktop", "mobile", "mobile")


@dataclass
class Figures:
    """What the traffic did.

    Attributes:
        now_ms: the moment of the site, epoch milliseconds, UTC.
        reads, lists, hits, articles: counts; a hit is a list with the article that its reader reads next.
        ended: whether all days are over.
    """

    now_ms: int = 0
    reads: int = 0
    lists: int = 0
    hits: int = 0
    articles: int = 0
    ended: bool = False


@dataclass
class Traffic:
    """Sends reads and articles at a pace.

    Args:
        site: the API, with a token that may post articles and date events.
        state: folder that the story and the traffic share.
        pace: milliseconds of the site in one of real time.
    """

    site: Site
    state: Path
    pace: float
    figures: Figures = field(default_factory=Figures)
    _draw: Random = field(default_factory=lambda: Random(7))
    _waiting: list[dict[str, Any]] = field(default_factory=list)
    _read: Counter[tuple[str, str]] = field(default_factory=Counter)
    _sessions: dict[str, tuple[int, int]] = field(default_factory=dict)
    _sent: float = 0.0
    _noted: float = 0.0
    _breaking: Breaking | None = None

    def live(self, reads: Iterator[dict[str, Any]], articles: Iterator[dict[str, Any]], now_ms: int) -> None:
        """Live until the last read.

        Args:
            reads: in the order of time.
            articles: likewise.
            now_ms: the moment of the site at which the traffic begins.
        """
        started, article = time.monotonic(), next(articles, None)
        for number, read in enumerate(reads):
            while article and article["issued"] <= read["time"]:
                self._publish(article)
                article = next(articles, None)
            due = started + (read["time"] - now_ms) / 1000 / self.pace
            self._note(read["time"])
            if due > time.monotonic() + 0.01:
                self._send()
                time.sleep(max(0.0, due - time.monotonic()))
            self._visit(number, read, late=time.monotonic() > due + LATE_SECONDS)
        self._send(at_once=True)
        self.figures.ended = True
        self._note(self.figures.now_ms, at_once=True)

    def _publish(self, article: dict[str, Any]) -> None:
        self._send(at_once=True)  # the clock of the release must have come as far
        if self.site.post("/articles", article):
            self.figures.articles += 1

    def _visit(self, number: int, read: dict[str, Any], *, late: bool) -> None:
        user, page = read["user"], read["page"]
        if self._breaking and self._draw.random() < self._breaking.share(read["time"]):
            page = page if self._read[user, self._breaking.page] else self._breaking.page
        self._read[user, page] += 1
        event = {
            "event_id": f"demo-{number}",
            "user_id": user,
            "page": page,
            "time": read["time"],
            "session": self._session(user, read["time"]),
            "region": read["region"],
            "device": DEVICES[sum(user.encode()) % len(DEVICES)],
        }
        if self._draw.random() < LIST_SHARE and not late:
            event["answer_id"] = self._list(event, page)
        self._waiting.append(event)
        self.figures.reads += 1
        if len(self._waiting) >= BATCH:
            self._send(at_once=True)

    def _session(self, user: str, time_ms: int) -> str:
        """The visit: a new one after a pause of half an hour."""
        number, last_ms = self._sessions.get(user, (0, 0))
        number += time_ms - last_ms > SESSION_MS
        self._sessions[user] = (number, time_ms)
        return f"{user[:12]}-{number}"

    def _list(self, event: dict[str, Any], page: str) -> str:
        """Request the list that the reader sees before the read; returns the answer's id, "" without one."""
        asked = {name: event[name] for name in ("user_id", "session", "region", "device")}
        answer = self.site.get("/recommendations", num_recs=LENGTH, **asked)
        if not answer.get("items"):
            return ""
        self.figures.lists += 1
        self.figures.hits += page in {item["page"] for item in answer["items"]}
        return str(answer["answer_id"])

    def _send(self, *, at_once: bool = False) -> None:
        if self._waiting and (at_once or time.monotonic() - self._sent > SEND_SECONDS):
            self.site.post("/events", self._waiting)
            self._waiting, self._sent = [], time.monotonic()

    def _note(self, now_ms: int, *, at_once: bool = False) -> None:
        self.figures.now_ms = now_ms
        if at_once or time.monotonic() - self._noted > FIGURES_SECONDS:
            self._noted, self._breaking = time.monotonic(), announced_story(self.state)
            write_json(self.state / FIGURES, asdict(self.figures))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file with one on each line.

    Args:
        path: of the file.
    """
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def main() -> None:
    """Live the days of a generated site."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.demo.traffic", description=__doc__)
    parser.add_argument("world", type=Path, help="folder of the generated site")
    parser.add_argument("state", type=Path, help="folder that the story and the traffic share")
    parser.add_argument("--url", required=True, help="address of the API")
    parser.add_argument("--since", type=int, required=True, help="moment of the site, epoch milliseconds")
    parser.add_argument("--minutes", type=float, default=10.0, help="minutes in which a day is lived")
    parser.add_argument("--stay", action="store_true", help="wait at the end, so that nobody starts the days again")
    args = parser.parse_args()
    with closing(Site(args.url, os.environ[TOKEN])) as site:
        Traffic(site, args.state, DAY_MINUTES / args.minutes).live(
            lines(args.world / READS), lines(args.world / ARTICLES), args.since
        )
    while args.stay:
        time.sleep(3600)


if __name__ == "__main__":
    main()
