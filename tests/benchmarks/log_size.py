"""``python -m tests.benchmarks.log_size``: bytes that a served list takes in the log database (SQLite)."""

import json
import random
import secrets
import tempfile
from pathlib import Path
from uuid import UUID

from script_shared.events import EventLog
from script_shared.events.served_list import ServedList

LISTS, BATCH, LENGTH, PAGES, VISITS = 20_000, 200, 10, 3_000, 8_000
START_MS = 1_660_532_400_000


def main() -> None:
    """Print bytes per list of ten articles by how long the names of users and visits are."""
    short: list[tuple[str, ...]] = [(f"reader-{number}", f"v{number}-77") for number in range(VISITS)]
    draw = random.Random(1)
    long: list[tuple[str, ...]] = [tuple(str(UUID(int=draw.getrandbits(128))) for _ in range(2)) for _ in range(VISITS)]
    users: list[tuple[str, ...]] = [(user, "") for user, _ in long]
    cases = {"user and session of 10 characters": short, "user of 36, no session": users, "both of 36": long}
    print(json.dumps({name: round(_bytes_per_list(people), 1) for name, people in cases.items()}, indent=2))


def _bytes_per_list(people: list[tuple[str, ...]]) -> float:
    draw = random.Random(2)
    pages = [f"https-page-{number:08d}" for number in range(PAGES)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.db"
        log = EventLog(f"sqlite:///{path}")
        log.head()
        log.close()
        before = path.stat().st_size
        for start in range(0, LISTS, BATCH):
            log.served.write([_list(draw, people, pages, start + place) for place in range(BATCH)], seen=0)
        log.close()
        return (path.stat().st_size - before) / LISTS


def _list(draw: random.Random, people: list[tuple[str, ...]], pages: list[str], number: int) -> ServedList:
    user, session = draw.choice(people)
    key, time_ms = secrets.token_bytes(12), START_MS + 5 * number
    return ServedList(key, time_ms, user, session, "logged", "ranker", "20261121T074132Z", draw.sample(pages, LENGTH))


if __name__ == "__main__":
    main()
