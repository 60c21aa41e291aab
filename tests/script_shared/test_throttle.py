"""Work beside requests waits for them; other work does not."""

import contextlib
import threading

import pytest

from script_shared.throttle import throttle, yield_cpu


def test_it_waits_after_every_piece_and_says_how_long_it_worked() -> None:
    worked: list[float] = []
    with throttle(worked.append):
        for _ in range(4):
            yield_cpu()
    assert len(worked) == 4
    assert min(worked) >= 0


def test_work_in_the_midst_of_it_may_hurry() -> None:
    waits: list[float] = []
    with throttle(waits.append):
        with throttle(None):
            yield_cpu()
        assert waits == []
        yield_cpu()
    assert len(waits) == 1


def test_it_ends_with_the_block_and_holds_for_its_thread_alone() -> None:
    waited: list[str] = []
    with contextlib.suppress(ValueError), throttle(lambda _: waited.append(threading.current_thread().name)):
        other = threading.Thread(target=yield_cpu, name="other")
        other.start()
        other.join()
        yield_cpu()
        raise ValueError
    yield_cpu()
    assert waited == [threading.main_thread().name]


def test_who_need_not_be_gentle_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s"))
    yield_cpu()
