"""``python -m tests.benchmarks.kill``: the API is killed under load, again and again; nothing acknowledged is lost.

A load of events and questions runs against ``python -m app``. The process is ended by SIGKILL at random moments and
started again. At the end every event that was answered with 200 must be in the log, exactly once, and the live state of
the process that was started last must equal that of a clean fold of the log, by digest.
"""

import argparse
import json
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from script_shared.events import Entry, EventLog, Kind
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, started, until
from tests.app.releases_made import make_release
from tests.servers import postgresql

ADMIN = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Outcome:
    """What came out.

    Attributes:
        acknowledged: events answered with 200; lost: those of them that are not in the log; twice: in it twice.
        unanswered: events sent without an answer; written: those of them that are in the log nevertheless.
        equal: whether the state after the last start equals a clean fold.
    """

    kills: int
    log: str
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    unanswered: int = 0
    written: int = 0
    questions: int = 0
    entries: int = 0
    equal: bool = False
    start_seconds: list[float] = field(default_factory=list)


@dataclass
class Load:
    """Writers and readers that go on whatever happens, and note what they were answered."""

    address: str = ""
    acknowledged: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    questions: int = 0
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))
    over: threading.Event = field(default_factory=threading.Event)

    def write(self, name: int) -> None:
        """Send batches of events, each with ids of its own."""
        draw, sent = random.Random(name), 0
        while not self.over.is_set():
            batch = [self._event(draw, f"w{name} {sent + number}") for number in range(draw.randint(1, 20))]
            sent += len(batch)
            ids = {event["event_id"] for event in batch}
            (self.acknowledged if self._sent(batch) else self.unanswered).update(ids)

    def ask(self) -> None:
        """Ask for lists; a list that comes must be full."""
        while not self.over.is_set():
            try:
                answer = self.client.get(f"{self.address}/recommendations", params={"user_id": "log0"})
            except httpx.TransportError:
                time.sleep(0.01)
                continue
            if answer.status_code == 200:
                assert len(answer.json()["items"]) == 10
                self.questions += 1

    def _event(self, draw: random.Random, event_id: str) -> dict[str, Any]:
        page = f"a{min(int(draw.paretovariate(0.6)) + 9, 49)}"
        kind = "click" if draw.random() < 0.8 else "impression"
        reader = {"user_id": f"u{draw.randint(0, 300)}", "session": f"s{draw.randint(0, 3)}"}
        return {"event_id": event_id, "kind": kind, "page": page, "region": str(draw.randint(0, 9)), **reader}

    def _sent(self, batch: list[dict[str, Any]]) -> bool:
        try:
            return self.client.post(f"{self.address}/events", json=batch).status_code == 200
        except httpx.TransportError:
            time.sleep(0.01)
            return False


def trial(settings: Settings, kills: int, *, seed: int = 1, writers: int = 3) -> Outcome:
    """Kill the service so often under load; what came out."""
    draw, load = random.Random(seed), Load()
    outcome = Outcome(kills, settings.events_address.partition(":")[0])
    threads = [threading.Thread(target=load.write, args=(name,)) for name in range(writers)]
    threads.append(threading.Thread(target=load.ask))
    with ExitStack() as stack:
        for kill in range(kills + 1):
            begun = time.perf_counter()
            load.address, process = stack.enter_context(started(settings))
            until(lambda: _ready(load))
            outcome.start_seconds.append(round(time.perf_counter() - begun, 2))
            if kill == 0:
                for thread in threads:
                    thread.start()
            time.sleep(draw.uniform(0.3, 1.2))
            if kill < kills:
                process.send_signal(signal.SIGKILL)
                process.wait()
        load.over.set()
        for thread in threads:
            thread.join()
        _compare(outcome, load, settings)
    return outcome


def _ready(load: Load) -> bool:
    time.sleep(0.05)
    try:
        return load.client.get(f"{load.address}/ready").status_code == 200
    except httpx.TransportError:
        return False


def _compare(outcome: Outcome, load: Load, settings: Settings) -> None:
    log = EventLog(settings.events_address)
    entries = list(_entries(log))
    known = Counter(entry.entry_id for entry in entries)
    outcome.acknowledged, outcome.unanswered = len(load.acknowledged), len(load.unanswered)
    outcome.lost = len(load.acknowledged - set(known))
    outcome.twice = sum(count > 1 for count in known.values())
    outcome.written = len(load.unanswered & set(known))
    outcome.questions, outcome.entries = load.questions, len(entries)
    served = load.client.get(f"{load.address}/live", params={"digest": 1}, headers=ADMIN).json()
    load.client.close()
    outcome.equal = served["digest"] == clean(entries).digest() and served["position"] == entries[-1].seq
    log.close()


def _entries(log: EventLog) -> Iterator[Entry]:
    after = 0
    while entries := log.tail(after, 1000, without=[Kind.SERVED]):
        yield from entries
        after = entries[-1].seq


def clean(entries: list[Entry]) -> Newsroom:
    """All entries folded at once into an empty state."""
    newsroom = Newsroom(LiveState(load_params(NewsParams, FILE).live))
    newsroom.apply(entries)
    return newsroom


def prepared(folder: Path, events_uri: str | None = None) -> Settings:
    """Settings of a service with a small release in it."""
    settings = Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder,
        cache_dir=folder / "cache",
        release_poll_seconds=0.1,
        events_uri=events_uri,
        admin_token=SecretStr(TOKEN),
    )
    releases = Releases(f"{settings.models_uri}/news")
    releases.publish(make_release(folder / "made"), "v1")
    releases.promote("v1", "test")
    return settings


def main() -> int:
    """Run the trial, print what came out and write it as JSON; 1 when anything was lost or differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--postgresql", action="store_true", help="with a PostgreSQL server instead of SQLite")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/kill.json"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pauta-kill-") as work, ExitStack() as stack:
        database = Path(work) / "database"
        database.mkdir()
        uri = stack.enter_context(postgresql(database)) if args.postgresql else None
        outcome = trial(prepared(Path(work), uri), args.kills)
    print(json.dumps(asdict(outcome), indent=2))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(asdict(outcome), indent=2))
    return int(outcome.lost > 0 or outcome.twice > 0 or not outcome.equal)


if __name__ == "__main__":
    raise SystemExit(main())
