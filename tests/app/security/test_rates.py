"""Rate limits: by token if it is valid, else by address."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.security import rates
from app.security.caller import Caller
from app.security.rates import Rates
from app.security.request_limits import RequestLimits
from script_shared.settings import Settings


def test_a_bucket_allows_a_burst_and_then_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(rates.time, "monotonic", lambda: now)
    limit = Rates(2.0)
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    assert limit.take("b") == 0
    now += 0.5
    assert [limit.take("a"), limit.take("a")] == [0, 0.5]


def test_without_a_rate_nothing_is_counted() -> None:
    assert [Rates(0.0).take("a") for _ in range(100)] == [0.0] * 100


def test_strangers_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_BUCKETS", 10)
    limit = Rates(1.0)
    for name in range(1000):
        limit.take(name)
    assert len(limit._buckets) == 10


def statuses(
    limits: Any,
    count: int,
    *,
    address: str = "203.0.113.1",
    token: str = "",
    cookie: str = "",
    path: str = "/x",
    root_path: str = "",
) -> list[Any]:
    found: list[Any] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            found.append((message["status"], dict(message["headers"]).get(b"retry-after")))

    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    headers += [(b"cookie", f"session={cookie}".encode())] if cookie else []
    scope = {"type": "http", "method": "GET", "headers": headers, "client": (address, 1)}
    scope |= {"path": root_path + path, "root_path": root_path}

    async def ask() -> None:
        for _ in range(count):
            await limits({**scope, "query_string": b"", "server": ("x", 80), "scheme": "http"}, None, send)

    asyncio.run(ask())
    return found


async def answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def test_a_token_and_an_address_have_buckets_of_their_own() -> None:
    known = {"right": Caller("ana", "viewer", holder="digest")}
    callers: Any = SimpleNamespace(present=known.get)
    limits = RequestLimits(answer, callers, Settings(rate_per_token=2, rate_per_address=1))
    assert statuses(limits, 3) == [(200, None), (200, None), (429, b"1")]
    assert statuses(limits, 1, token="wrong") == [(429, b"1")]  # a wrong token opens no bucket of its own
    assert statuses(limits, 1, path="/health") == [(200, None)]
    assert statuses(limits, 1, address="203.0.113.2") == [(200, None)]
    assert [status for status, _ in statuses(limits, 5, token="right")] == [200, 200, 200, 200, 429]
    assert [status for status, _ in statuses(limits, 3, address="2001:db8::1")] == [200, 200, 429]
    assert [status for status, _ in statuses(limits, 1, address="2001:db8::2")] == [429]


def test_monitors_are_not_limited_under_the_prefix_of_a_proxy() -> None:
    callers: Any = SimpleNamespace(present=lambda _: None)
    limits = RequestLimits(answer, callers, Settings(rate_per_address=1))
    assert [status for status, _ in statuses(limits, 4, path="/health", root_path="/pauta")] == [200] * 4
    assert [status for status, _ in statuses(limits, 3, root_path="/pauta")] == [200, 200, 429]


def test_a_session_has_a_bucket_of_its_own() -> None:
    known = {"ana": Caller("ana", "viewer", holder="digest"), "rui": Caller("jwt:rui", "viewer")}
    callers: Any = SimpleNamespace(present=lambda _: None, present_session=known.get)
    limits = RequestLimits(answer, callers, Settings(rate_per_token=2, rate_per_address=1), "session")
    assert [status for status, _ in statuses(limits, 5, cookie="ana")] == [200, 200, 200, 200, 429]
    assert [status for status, _ in statuses(limits, 1, cookie="rui")] == [200]
    assert [status for status, _ in statuses(limits, 3, cookie="wrong")] == [200, 200, 429]


def test_people_of_a_single_sign_on_have_buckets_of_their_own() -> None:
    known = {"ana": Caller("jwt:ana", "viewer"), "rui": Caller("jwt:rui", "viewer")}
    callers: Any = SimpleNamespace(present=known.get)
    limits = RequestLimits(answer, callers, Settings(rate_per_token=1, rate_per_address=1))
    assert [status for status, _ in statuses(limits, 3, token="ana")] == [200, 200, 429]
    assert [status for status, _ in statuses(limits, 1, token="rui")] == [200]
