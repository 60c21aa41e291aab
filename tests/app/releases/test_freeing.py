"""A release that left service is freed in another thread, in pieces, except for what is still in use."""

import asyncio
import threading
import weakref
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.releases.freeing import LARGE_BYTES, LARGE_ITEMS, free_in_pieces, large_pieces


class Reader:
    """Notes the thread that frees it, and how often the loop had run by then."""

    freed: list[tuple[int, int]]
    turns = 0

    def __del__(self) -> None:
        Reader.freed.append((threading.get_ident(), Reader.turns))


@dataclass
class State:
    readers: dict[int, Reader]
    counts: np.ndarray = field(default_factory=lambda: np.zeros(LARGE_BYTES, np.uint8))


@dataclass
class Release:
    state: State
    titles: list[str] = field(default_factory=lambda: ["one"])


def release(readers: int = 5 * LARGE_ITEMS) -> Release:
    return Release(State({number: Reader() for number in range(readers)}))


def test_a_release_is_freed_in_another_thread_over_several_iterations_of_the_loop() -> None:
    Reader.freed = []

    async def run() -> None:
        async def count_turns() -> None:
            while True:
                Reader.turns += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count_turns())
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(
            free_in_pieces, [release()], lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result()
        )
        counter.cancel()

    asyncio.run(run())
    assert len(Reader.freed) == 5 * LARGE_ITEMS
    assert threading.get_ident() not in {thread for thread, _ in Reader.freed}
    assert len({turn for _, turn in Reader.freed}) >= 5


def test_what_a_request_still_uses_is_not_freed() -> None:
    Reader.freed = []
    holder = [release()]
    in_use = holder[0].state.readers
    free_in_pieces(holder, lambda: None)
    assert len(in_use) == 5 * LARGE_ITEMS
    assert not Reader.freed
    assert not holder


def test_the_object_itself_is_freed() -> None:
    Reader.freed = []
    holder: list[Any] = [release(readers=3)]
    left = weakref.ref(holder[0])
    free_in_pieces(holder, lambda: None)
    assert left() is None
    assert len(Reader.freed) == 3


def test_large_arrays_and_containers_are_pieces_and_small_ones_are_not() -> None:
    Reader.freed = []
    found = release()
    pieces = large_pieces(found)
    assert {id(piece) for piece in pieces} == {id(found.state.readers), id(found.state.counts)}
