"""A thread beside the event loop waits for the work of the loop, and for nothing else."""

import asyncio
import threading

import pytest

from app.releases import turn_taking
from app.releases.turn_taking import TurnTaking
from tests.patience import PATIENCE_SECONDS


def test_waiting_requests_run_before_the_thread_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_taking, "LONGEST_SECONDS", PATIENCE_SECONDS)

    async def serve() -> list[str]:
        loop, done, begun = asyncio.get_running_loop(), list[str](), threading.Event()
        wait = TurnTaking(loop)
        worker = asyncio.create_task(asyncio.to_thread(lambda: (begun.set(), wait(0.0), done.append("thread"))))
        await asyncio.sleep(0)
        begun.wait()
        done.append("request")  # the loop was busy when the thread began to wait
        await worker
        return done

    assert asyncio.run(serve()) == ["request", "thread"]


def returns(wait: TurnTaking) -> bool:
    """Whether a thread that waits for the loop continues."""
    thread = threading.Thread(target=wait, args=(1.0,), daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return not thread.is_alive()


def test_a_thread_does_not_wait_for_a_closed_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    assert returns(TurnTaking(loop))


def test_the_wait_for_a_loop_that_never_runs_is_bounded() -> None:
    loop = asyncio.new_event_loop()
    assert returns(TurnTaking(loop))
    loop.close()
