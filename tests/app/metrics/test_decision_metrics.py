"""The gauge of the newest decisions follows the record, and a scrape never waits for the database."""

import asyncio
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.metrics import decision_metrics
from app.metrics.decision_metrics import DecisionMetrics, Times
from script_shared.decisions.decision import Decision
from script_shared.errors import UnavailableError
from script_shared.events import EventLog


def test_the_newest_time_of_each_kind_and_use_case_is_read_from_new_entries_alone(tmp_path: Path) -> None:
    with closing(EventLog(f"sqlite:///{tmp_path}/events.db")) as log:
        assert log.audit.newest() == (0, {})
        for at_ms, kind, use_case in ((1, "promote", "news"), (3, "promote", "news"), (2, "erasure", "students")):
            log.audit.append(Decision("x", kind, use_case, at_ms=at_ms))  # type: ignore[arg-type]
        assert log.audit.newest() == (3, {("promote", "news"): 3, ("erasure", "students"): 2})
        assert log.audit.newest(2) == (3, {("erasure", "students"): 2})
        assert log.audit.newest(3) == (3, {})


def test_the_gauge_keeps_the_last_times_while_the_database_hangs_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_metrics, "SECONDS", 0.0)
    metrics, stalled, free = DecisionMetrics(), threading.Event(), threading.Event()
    answers: list[tuple[int, Times]] = [(1, {("promote", "news"): 5_000}), (2, {("promote", "news"): 4_000})]

    def read(after: int) -> tuple[int, Times]:
        if after == 0:
            return answers[0]
        if after == 1:
            return answers[1]
        if not stalled.is_set():
            stalled.set()
            raise UnavailableError("the event log is unreachable.")
        free.wait()
        return after, {}

    async def watch() -> bytes:
        watching = asyncio.create_task(metrics.follow(read))
        await asyncio.to_thread(stalled.wait)
        await asyncio.sleep(0)
        text = metrics.text()
        free.set()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        return text

    assert b'pauta_decision_timestamp_seconds{kind="promote",use_case="news"} 5.0' in asyncio.run(watch())
