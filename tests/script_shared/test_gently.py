"""Work beside requests rests; other work does not."""

import contextlib
import threading
import time

import pytest

from script_shared.gently import breathe, gently

PIECE_SECONDS = 0.02


def _pieces(count: int) -> float:
    started = time.perf_counter()
    for _ in range(count):
        until = time.perf_counter() + PIECE_SECONDS
        while time.perf_counter() < until:
            pass
        breathe()
    return time.perf_counter() - started


def test_it_rests_as_much_longer_as_it_was_told() -> None:
    with gently(3.0):
        assert _pieces(4) >= 4 * PIECE_SECONDS * 4


@pytest.mark.parametrize("rest", [None, 0.0])
def test_who_need_not_be_gentle_does_not_rest(rest: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s"))
    if rest is None:
        breathe()
    else:
        with gently(rest):
            breathe()


def test_it_ends_with_the_block_and_holds_for_its_thread_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[str] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: slept.append(threading.current_thread().name))
    with contextlib.suppress(ValueError), gently(1.0):
        other = threading.Thread(target=breathe, name="other")
        other.start()
        other.join()
        breathe()
        raise ValueError
    breathe()
    assert slept == [threading.main_thread().name]
