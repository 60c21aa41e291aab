"""Answers of another thread reach their writers; one wake-up of the event loop serves many of them."""

import asyncio
import threading
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest

from app.news.events.loop_answers import LoopAnswers, Submit
from script_shared.errors import UnavailableError


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts how often another thread wakes it."""

    woken = 0

    def call_soon_threadsafe(self, *args: Any, **named: Any) -> asyncio.Handle:  # type: ignore[override]
        self.woken += 1
        return super().call_soon_threadsafe(*args, **named)


def _in_thread(work: Any) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _when(answer: Future[list[bool]]) -> Submit:
    """Passes on what another thread does with a future."""

    def settle(came: Future[list[bool]], bring: Any) -> None:
        error = came.exception()
        bring(error if error is not None else came.result())

    return lambda bring: answer.add_done_callback(partial(settle, bring=bring))


def _end_all(answers: list[Future[list[bool]]]) -> None:
    for number, each in enumerate(answers):
        each.set_result([number % 2 == 0])


def _end_two(bad: Future[list[bool]], good: Future[list[bool]]) -> None:
    bad.set_exception(UnavailableError("away", fix="Wait."))
    good.set_result([True])


def test_all_answers_of_a_commit_wake_the_loop_once() -> None:
    loop = CountingLoop()

    async def write() -> list[list[bool]]:
        answers, submitted = LoopAnswers(loop), [Future[list[bool]]() for _ in range(50)]
        waiting = [asyncio.ensure_future(answers.wait(_when(each), 5)) for each in submitted]
        await asyncio.sleep(0)
        before = loop.woken
        _in_thread(partial(_end_all, submitted))
        found = await asyncio.gather(*waiting)
        assert loop.woken - before == 1
        late: Future[list[bool]] = Future()
        last = asyncio.ensure_future(answers.wait(_when(late), 5))
        await asyncio.sleep(0)
        _in_thread(lambda: late.set_result([True]))  # a later answer wakes it again
        return [*found, await last]

    found = loop.run_until_complete(write())
    loop.close()
    assert found == [[number % 2 == 0] for number in range(50)] + [[True]]


async def _two_writers() -> None:
    answers = LoopAnswers(asyncio.get_running_loop())
    good, bad = Future[list[bool]](), Future[list[bool]]()
    waiting = [asyncio.ensure_future(answers.wait(_when(each), 5)) for each in (good, bad)]
    await asyncio.sleep(0)
    _in_thread(partial(_end_two, bad, good))
    with pytest.raises(UnavailableError):
        await waiting[1]
    assert await waiting[0] == [True]


async def _late_writer() -> None:
    answers, late = LoopAnswers(asyncio.get_running_loop()), Future[list[bool]]()
    with pytest.raises(TimeoutError):
        await answers.wait(_when(late), 0.01)
    late.set_exception(UnavailableError("away", fix="Wait."))
    known: Future[list[bool]] = Future()
    known.set_result([False])
    assert await answers.wait(_when(known), 5) == [False]


def test_an_error_reaches_its_writer_alone() -> None:
    asyncio.run(_two_writers())


def test_a_writer_waits_no_longer_than_it_was_told_and_its_late_answer_hurts_nobody() -> None:
    asyncio.run(_late_writer())
