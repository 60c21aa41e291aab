"""Several worker processes are scraped as one, and their counters never go backwards, whichever process dies."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.metrics import workers
from app.metrics.families import Family, Sample, WorkerCounts
from app.metrics.workers import Workers
from tests.app.conftest import Store, listens, started, until
from tests.patience import PATIENCE_SECONDS

Counts = dict[tuple[str, frozenset[tuple[str, str]]], float]
INFO = ("pauta_http_requests_total", frozenset({("method", "GET"), ("route", "/info"), ("status", "200")}))


def get(address: str, path: str) -> httpx.Response:
    """The answer on a connection of its own, so that any worker may give it."""
    return httpx.get(f"{address}{path}", timeout=PATIENCE_SECONDS).raise_for_status()


def counters(address: str) -> Counts:
    """Everything in one scrape that may never fall."""
    families = text_string_to_metric_families(get(address, "/metrics").text)
    counted = [family for family in families if family.type in ("counter", "histogram")]
    return {(name, frozenset(labels.items())): value for f in counted for name, labels, value, *_ in f.samples}


def gauge(address: str, name: str) -> float:
    text = get(address, "/metrics").text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(f"{name} ")))


@pytest.mark.slow
def test_counters_of_two_workers_never_go_backwards_even_when_one_is_killed(store: Store) -> None:
    store.promote("v1")
    asked, pids = 0, set[int]()

    def ask(address: str) -> None:
        """On a connection of its own, so that both workers are met."""
        nonlocal asked
        info = get(address, "/info").json()
        httpx.get(f"{address}/recommendations", params={"user_id": "log0"}, timeout=PATIENCE_SECONDS)
        asked += 1
        if info["release"]:
            pids.add(info["process"])

    def both_ready() -> bool:
        ask(address)
        return len(pids) == 2

    with started(store.settings, workers=2) as (address, _):
        until(lambda: listens(address))
        until(both_ready)
        until(lambda: counters(address)[INFO] == asked)  # a worker that is busy reports a moment later
        before = counters(address)
        assert gauge(address, "pauta_workers") == 2
        for _ in range(6):
            ask(address)
            now = counters(address)
            assert {key for key, value in before.items() if now.get(key, 0) < value} == set()
            before = now
        until(lambda: counters(address)[INFO] == asked)
        os.kill(next(iter(pids)), signal.SIGKILL)
        pids.clear()
        until(lambda: _back(address))
        until(lambda: _met(address, pids))
        after = counters(address)
        assert {key for key, value in before.items() if after.get(key, 0) < value} == set()
        assert gauge(address, "pauta_workers") == 2


def _back(address: str) -> bool:
    """Whether two workers are there again; a request may meet the one that was killed."""
    try:
        return gauge(address, "pauta_workers") == 2
    except httpx.TransportError:
        return False


def _met(address: str, pids: set[int]) -> bool:
    pids.add(get(address, "/info").json()["process"])
    return len(pids) == 2


class Worker:
    """One worker of a test, with a counter of its own."""

    def __init__(self, folder: Path) -> None:
        self.value = 0.0
        self.it = Workers(folder, self.snapshot)

    def snapshot(self) -> WorkerCounts:
        return WorkerCounts([Family("seen", "counter", "", [Sample("seen_total", {}, self.value)])])

    async def total(self) -> float:
        return (await self.it.together())[0].samples[0].value


@asynccontextmanager
async def several(count: int) -> AsyncIterator[list[Worker]]:
    with tempfile.TemporaryDirectory(prefix="pauta-", dir="/tmp") as folder:  # the names of sockets may not be long
        made = [Worker(Path(folder)) for _ in range(count)]
        for worker in made:
            await worker.it.start()
        yield made
        for worker in made:
            await worker.it.stop()


def run(check: Callable[[list[Worker]], object], count: int) -> None:
    async def inside() -> None:
        async with several(count) as made:
            await check(made)  # type: ignore[misc]

    asyncio.run(inside())


def test_whoever_is_asked_says_the_same_and_knows_the_newest() -> None:
    async def check(made: list[Worker]) -> None:
        for number, worker in enumerate(made):
            worker.value = 10.0**number
        assert [await worker.total() for worker in made] == [111.0] * 3
        made[2].value += 1000
        assert await made[0].total() == 1111.0

    run(check, 3)


def test_the_counts_of_many_that_ended_are_folded_into_one_file_and_stay_in_the_sum() -> None:
    async def check(made: list[Worker]) -> None:
        for worker in made:
            worker.value = 1.0
        for alive in range(len(made) - 1, 0, -1):
            await made[alive].it.stop()
            assert await made[0].total() == len(made)
        folder = made[0].it._folder
        assert len(list(folder.glob("*.json"))) <= 1 + workers.FOLD_FROM
        assert (folder / workers.GONE).exists()

    run(check, 2 + workers.FOLD_FROM)


def test_a_worker_that_is_too_busy_counts_as_of_the_last_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(made: list[Worker]) -> None:
        made[1].value = 5.0
        assert await made[0].total() == 5.0

        monkeypatch.setattr(workers, "ASK_SECONDS", 0.1)
        over, closed = asyncio.Event(), asyncio.Event()

        async def busy(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await over.wait()
            writer.close()
            await writer.wait_closed()
            closed.set()

        made[1].it._answer_query = busy  # type: ignore[method-assign]
        await made[1].it.stop()
        await made[1].it.start()
        made[1].value = 7.0
        assert await made[0].total() == 5.0
        over.set()
        await closed.wait()

    run(check, 2)
