"""What is folded for whom, where the model of all interleavings (test_intake_model) cannot tell a difference."""

import asyncio
from typing import Any

import pytest

from app.news.events.answer_memory import AnswerMemory
from app.news.events.state_folder import SLICE, Room, StateFolder
from script_shared.clock import EARLY_MS, Clock
from script_shared.events import Entry, Kind
from script_shared.events.following.follower import Batch
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import START_MS, small_params


def clicks(first: int, last: int) -> list[Entry]:
    return [Entry(f"e{seq}", Kind.CLICK, START_MS + seq, "u", f"a{seq % 9}", {}, seq) for seq in range(first, last + 1)]


def room() -> Room:
    return Room(Newsroom(LiveState(small_params())))


def memory() -> AnswerMemory:
    return AnswerMemory(lambda entries: None, lambda credit: None)


async def _nothing(_: Room) -> Any:
    return [], {}


def test_a_newsroom_that_nobody_uses_any_more_is_not_folded_into() -> None:
    old, new = room(), room()

    async def swap_after_the_first_slice() -> None:
        folder.adopt(new)

    folder = StateFolder(memory(), _nothing, swap_after_the_first_slice)
    folder.adopt(old)
    asyncio.run(folder.fold(Batch(0, clicks(1, 3 * SLICE)), old, {}))
    assert (old.newsroom.seq, new.newsroom.seq) == (SLICE, 0)
    assert folder.position() == 0


def test_no_slice_is_folded_while_another_newsroom_takes_over() -> None:
    old, new, entries = room(), room(), clicks(1, 2 * SLICE)
    old.newsroom.apply(entries[:SLICE])
    seen: list[int] = []

    async def read(target: Room) -> Any:
        for _ in range(5):
            await asyncio.sleep(0)  # a thread that could fold would do so now
        seen.append(old.newsroom.seq)
        return [entry for entry in entries if entry.seq > target.newsroom.seq][:8], {}

    async def both() -> None:
        folder = StateFolder(memory(), read)
        folder.adopt(old)
        swap = asyncio.create_task(folder.hand_over(new))
        await asyncio.sleep(0)
        await folder.fold(Batch(SLICE, entries[SLICE:]), old, {})
        await swap

    asyncio.run(both())
    assert set(seen) == {SLICE}
    assert new.newsroom.seq == SLICE


def test_answers_are_shown_nothing_where_entries_before_are_missing() -> None:
    answers = memory()
    answers.take(clicks(5, 6), after=4)
    assert answers.seq == 0
    answers.take(clicks(1, 6), after=0)
    assert answers.seq == 6


def test_the_next_release_continues_the_real_time_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise each new release would hold back all events for as long as the service has been running."""
    seconds = 100.0
    monkeypatch.setattr("script_shared.clock.time.monotonic", lambda: seconds)
    folder = StateFolder(memory(), _nothing)
    folder.adopt(Room(room().newsroom, Clock("data", START_MS)))
    seconds += 600
    following = Clock("data", START_MS)
    folder.adopt(Room(room().newsroom, following))
    assert following.reach_ms() == START_MS + 600_000 + EARLY_MS
