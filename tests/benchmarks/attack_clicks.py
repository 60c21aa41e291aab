"""What strangers move with clicks that nobody should believe: attacks on a running API, weakest first.

``python -m tests.benchmarks.attack_clicks http://127.0.0.1:8001`` prints the table; with PAUTA_ADMIN_TOKEN set it
also counts the groups of readers. It changes what the API recommends, so run it against one that nobody uses.
"""

import itertools
import os
import random
import secrets
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import httpx

PLACE = 80  # place 81
LIST, BATCH = 100, 1000
OTHERS = 16  # users whose lists are looked at


class Row(NamedTuple):
    """An attack, what was sent, and what it moved."""

    attack: str
    sent: str
    before: str
    after: str


class Site:
    """The API as strangers see it.

    Args:
        token: of the admin, "" for none; only the count of groups is read with it, nothing is sent with it.
    """

    def __init__(self, base_url: str, token: str = "") -> None:
        self.client = httpx.Client(base_url=base_url, timeout=60)
        self.token = token
        self._run, self._number = secrets.token_hex(4), itertools.count()

    def pages(self, user: str = "", count: int = LIST) -> list[str]:
        """The list of a user, of a stranger for ""."""
        return [item["page"] for item in self._answer(user, count)["items"]]

    def answer_id(self, user: str, count: int) -> str:
        """What names one list of a user."""
        name: str = self._answer(user, count)["answer_id"]
        return name

    def _answer(self, user: str, count: int) -> dict[str, Any]:
        query = {"num_recs": str(count), **({"user_id": user} if user else {})}
        answer = self.client.get("/recommendations", params=query)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content

    def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Send events that have no id yet."""
        for start in range(0, len(events), BATCH):
            batch = events[start : start + BATCH]
            named = [{"event_id": f"{self._run}-{next(self._number)}", **event} for event in batch]
            self.client.post("/events", json=named).raise_for_status()

    def name(self, kind: str) -> str:
        """A user nobody has seen."""
        return f"{kind}-{self._run}-{next(self._number)}"


def run(base_url: str, token: str = "") -> list[Row]:
    """Attack an API that nobody uses; one row for each attack.

    Args:
        token: of the admin; without it, groups are not counted.
    """
    site = Site(base_url, token)
    rows = [
        _lift(site, "a pixel that fires 200 times", lambda page: [_click(page, "a pixel")] * 200),
        _lift(site, "200 clicks without user and session", lambda page: [_click(page)] * 200),
        *[_lift(site, f"{count:,} made-up users", _made_up(site, count)) for count in (1, 200, 1_000)],
        _fake_impressions(site),
        _one_list(site),
        _random_posts(site),
    ]
    return [*rows, _junk_labels(site)] if token else rows


def _click(page: str, user: str = "", **fields: str) -> dict[str, Any]:
    return {"page": page, **({"user_id": user} if user else {}), **fields}


def _made_up(site: Site, count: int) -> Callable[[str], list[dict[str, Any]]]:
    return lambda page: [_click(page, site.name("fake")) for _ in range(count)]


def _lift(site: Site, attack: str, events: Callable[[str], list[dict[str, Any]]]) -> Row:
    """How far the article at place 81 of a stranger's list goes up."""
    listed = site.pages()
    page = listed[min(PLACE, len(listed) - 1)]
    sent = events(page)
    site.send(sent)
    now = site.pages()
    after = f"place {now.index(page) + 1}" if page in now else f"after place {len(now)}"
    return Row(attack, f"{len(sent):,} clicks", f"place {listed.index(page) + 1}", after)


def _fake_impressions(site: Site) -> Row:
    """How many of ten articles leave the list of a user to whom nothing was shown."""
    user = site.name("known")
    site.send([_click(page, user) for page in site.pages(user, 3)])
    listed = site.pages(user, 10)
    site.send([{"kind": "impression", "page": page, "user_id": user} for page in listed for _ in range(9)])
    left = len(set(listed) & set(site.pages(user, 20)))
    return Row(
        "9 fake impressions of each of 10 articles", "90 impressions", "10 of them listed", f"{left} of them listed"
    )


def _one_list(site: Site) -> Row:
    """How many of ten articles leave the list of a user when a stranger names one list again and again."""
    user = site.name("known")
    site.send([_click(page, user) for page in site.pages(user, 3)])
    listed, answer = site.pages(user, 10), site.answer_id(user, 1)
    proof = {"kind": "impression", "user_id": user, "answer_id": answer}
    site.send([{**proof, "page": page} for page in listed for _ in range(9)])
    left = len(set(listed) & set(site.pages(user, 20)))
    return Row("the same with the id of one list", "90 impressions", "10 of them listed", f"{left} of them listed")


def _random_posts(site: Site) -> Row:
    """How many users get another first article after ten posts of a thousand clicks on random articles."""
    users = [site.name("reader") for _ in range(OTHERS)]
    known = site.pages()
    draw = random.Random(7)
    for user in users:
        site.send([_click(page, user, session=user) for page in draw.sample(known[:40], 2)])
    before = [site.pages(user, 1) for user in users]
    for _ in range(10):
        bot = site.name("bot")
        site.send([_click(page, bot, session=bot) for page in draw.choices(known, k=1_000)])
    changed = sum(site.pages(user, 1) != first for user, first in zip(users, before, strict=True))
    return Row(
        "10 posts of 1,000 random pages", "10,000 clicks", f"{OTHERS} users", f"another first article for {changed}"
    )


def _junk_labels(site: Site) -> Row:
    """How many made-up regions get a group of readers of their own."""
    page = site.pages()[0]
    before = _junk(site)
    labels = dict.fromkeys(("region", "device", "os", "referrer"), "junk")
    site.send(
        [
            _click(page, site.name("fake"), **{name: f"{junk} {place}" for name, junk in labels.items()})
            for place in range(70)
        ]
    )
    return Row(
        "70 made-up regions, devices, systems, referrers", "70 clicks", f"{before} groups", f"{_junk(site)} groups"
    )


def _junk(site: Site) -> int:
    answer = site.client.get("/live", params={"trending": "24h"}, headers={"Authorization": f"Bearer {site.token}"})
    answer.raise_for_status()
    return sum(name.startswith("junk") for name in answer.json()["trending"]["regions"])


def table(rows: Sequence[Row]) -> str:
    """The rows as markdown."""
    lines = [Row("attack", "sent", "before", "after"), Row("---", "---", "---", "---"), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


if __name__ == "__main__":
    print(table(run(sys.argv[1], os.environ.get("PAUTA_ADMIN_TOKEN", ""))))
