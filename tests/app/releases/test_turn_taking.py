"""A thread beside the event loop waits for what the loop has to do, and for nothing else."""

import asyncio
import threading

import pytest

from app.releases import turn_taking
from app.releases.turn_taking import TurnTaking
from tests.patience import PATIENCE_SECONDS


def test_what_waited_on_the_loop_is_done_before_the_thread_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_taking, "LONGEST_SECONDS", PATIENCE_SECONDS)

    async def serve() -> list[str]:
        loop, done, begun = asyncio.get_running_loop(), list[str](), threading.Event()
        wait = TurnTaking(loop)
        worker = asyncio.create_task(asyncio.to_thread(lambda: (begun.set(), wait(0.0), done.append("thread"))))
        await asyncio.sleep(0)
        begun.wait()
        done.append("request")  # the loop was busy when the thread asked for its turn
        await worker
        return done

    assert asyncio.run(serve()) == ["request", "thread"]


def returns(wait: TurnTaking) -> bool:
    """Whether a thread that waits for the loop goes on."""
    thread = threading.Thread(target=wait, args=(1.0,), daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return not thread.is_alive()


def test_an_ended_loop_is_not_waited_for() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    assert returns(TurnTaking(loop))


def test_the_wait_for_a_loop_that_never_runs_is_bounded() -> None:
    loop = asyncio.new_event_loop()
    assert returns(TurnTaking(loop))
    loop.close()
