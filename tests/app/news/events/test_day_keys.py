"""Pseudonyms of networks and answers: the same for every process, gone with the key of the day, never an address."""

import asyncio
from pathlib import Path

import pytest

from app.news.events import day_keys
from app.news.events.day_keys import DAY_MS, LOOK_SECONDS, PAUSE_SECONDS, DayKeys
from script_shared.clock import wall_ms
from script_shared.errors import UnavailableError
from script_shared.events import EventLog


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(f"sqlite:///{tmp_path}/events.db")


def keys(log: EventLog) -> DayKeys:
    made = DayKeys(log.day_keys.of)
    asyncio.run(made.refresh())
    return made


def test_every_process_of_a_site_gives_a_network_the_same_pseudonym(log: EventLog) -> None:
    assert keys(log).network("203.0.113.7") == keys(log).network("203.0.113.9")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("203.0.113.7", "::ffff:203.0.113.8", True),
        ("2001:db8:1:1::1", "2001:db8:1:ff00::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_addresses_that_one_customer_is_given_are_one_network(log: EventLog, one: str, other: str, same: bool) -> None:
    made = keys(log)
    assert (made.network(one) == made.network(other)) is same


def test_what_is_no_address_has_no_network(log: EventLog) -> None:
    assert [keys(log).network(host) for host in ("", "testclient", "localhost")] == ["", "", ""]


def test_a_pseudonym_holds_nothing_of_the_address_and_another_site_has_another(tmp_path: Path) -> None:
    sites = [keys(EventLog(f"sqlite:///{tmp_path}/{name}.db")) for name in "ab"]
    first, second = (site.network("203.0.113.7") for site in sites)
    assert first != second
    assert len(first) == 8
    assert "203" not in bytes.fromhex(first).decode("latin1")


def test_the_key_of_a_day_is_deleted_two_days_later(log: EventLog) -> None:
    first, before = log.day_keys.of(100)
    assert before == b""
    assert log.day_keys.of(100) == (first, b"")
    second, before = log.day_keys.of(101)
    assert second != first
    assert before == first
    assert log.day_keys.of(102)[1] == second
    assert log.day_keys.of(101) == (second, b"")


def test_an_answer_is_recognised_by_every_process_for_its_user_and_its_pages_alone(log: EventLog) -> None:
    pages = [f"a{number}" for number in range(100)]
    answer = keys(log).answer_id("ana", pages)
    assert len(answer) == 324
    assert all(keys(log).gave(answer, "ana", page) for page in pages)
    assert not keys(log).gave(answer, "rui", "a1")
    others = sum(keys(log).gave(keys(log).answer_id("ana", ["a1"]), "ana", f"b{number}") for number in range(20))
    assert others <= 1
    end = "AAA" if not answer.endswith("AAA") else "BBB"
    assert not any(keys(log).gave(made_up, "ana", "a1") for made_up in (answer + end, answer[:-3] + end, answer[:24]))
    mine = keys(log).answer_id("x ana", ["a1"])
    assert not keys(log).gave(f"{mine} x", "ana", "a1")
    assert not keys(log).gave("", "ana", "a1")
    assert not keys(log).gave("é" * 27, "ana", "a1")


def unreachable(day: int) -> tuple[bytes, bytes]:
    raise UnavailableError("the event log cannot be used.", fix="Wait.")


def test_without_the_log_there_are_keys_of_the_process_alone() -> None:
    made = DayKeys(unreachable)
    asyncio.run(made.refresh())
    assert made.gave(made.answer_id("ana", ["a1"]), "ana", "a1")
    assert len(made.network("203.0.113.7")) == 8


def test_an_answer_given_without_the_log_is_recognised_once_it_is_back(log: EventLog) -> None:
    made = DayKeys(unreachable)
    answer = made.answer_id("ana", ["a1"])
    made._keys_of = log.day_keys.of
    asyncio.run(made.refresh())
    assert made.gave(answer, "ana", "a1")
    assert made.network("203.0.113.7") == keys(log).network("203.0.113.7")


@pytest.mark.parametrize("process", ["the same process", "a process that started today"])
def test_an_answer_of_yesterday_is_still_recognised(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, process: str
) -> None:
    now = wall_ms()
    monkeypatch.setattr("app.news.events.day_keys.wall_ms", lambda: now)
    made = keys(log)
    answer = made.answer_id("ana", ["a1"])
    monkeypatch.setattr("app.news.events.day_keys.wall_ms", lambda: now + DAY_MS)
    made = made if process == "the same process" else DayKeys(log.day_keys.of)
    asyncio.run(made.refresh())
    assert made.gave(answer, "ana", "a1")
    monkeypatch.setattr("app.news.events.day_keys.wall_ms", lambda: now + 3 * DAY_MS)
    assert not keys(log).gave(answer, "ana", "a1")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What a watch slept; the third sleep ends it."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr("app.news.events.day_keys.asyncio.sleep", sleep)
    return slept


def test_while_the_log_is_unreachable_the_watch_pauses_after_each_look_up(pauses: list[float]) -> None:
    days = []

    def count(day: int) -> tuple[bytes, bytes]:
        days.append(day)
        return unreachable(day)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(DayKeys(count).watch())
    assert pauses == [PAUSE_SECONDS] * 3
    assert len(days) == 3


def test_the_watch_asks_the_log_once_a_day(log: EventLog, monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> None:
    days = []
    monkeypatch.setattr("app.news.events.day_keys.wall_ms", lambda: DAY_MS * (100 + len(pauses) // 2))

    def look_up(day: int) -> tuple[bytes, bytes]:
        days.append(day)
        return log.day_keys.of(day)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(DayKeys(look_up).watch())
    assert days == [100, 101]
    assert pauses[0] == LOOK_SECONDS


def test_no_key_of_an_earlier_day_and_no_address_stays_in_memory(log: EventLog) -> None:
    made = keys(log)
    made.network("203.0.113.7")
    assert day_keys._pseudonym.cache_info().currsize
    made._day -= 1  # midnight has passed
    asyncio.run(made.refresh())
    assert day_keys._pseudonym.cache_info().currsize == day_keys._begun.cache_info().currsize == 0
