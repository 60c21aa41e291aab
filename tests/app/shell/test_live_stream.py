"""Open streams hold connections, so a process bounds how many there are."""

import threading

import httpx
import pytest

from app.shell import live_stream
from tests.app.conftest import until

ADDRESS = "/news/changes"


def test_the_oldest_stream_ends_where_there_are_too_many(common: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "MOST", 2)
    monkeypatch.setattr(live_stream, "LONGEST_SECONDS", 10_000.0)
    leave, ended = threading.Event(), [threading.Event() for _ in range(3)]

    def watch(turn: int) -> None:
        with common.stream("GET", ADDRESS) as answer:
            for _ in answer.iter_lines():
                if leave.is_set():
                    return
        ended[turn].set()

    watchers = [threading.Thread(target=watch, args=(turn,)) for turn in range(3)]
    for turn, watcher in enumerate(watchers):
        watcher.start()
        until(lambda turn=turn: len(live_stream._open) >= min(turn + 1, 2))
    until(ended[0].is_set)
    assert [each.is_set() for each in ended] == [True, False, False]
    leave.set()
    for watcher in watchers:
        watcher.join()
    until(lambda: not live_stream._open)


def test_head_of_a_stream_ends_at_once(common: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "LONGEST_SECONDS", 10_000.0)
    answer = common.head(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    until(lambda: not live_stream._open)
