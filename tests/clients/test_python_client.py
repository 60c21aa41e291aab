"""The Python client, against a running service."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pauta_client import AsyncClient, Client, PautaError
from pydantic import SecretStr

from script_shared.events import EventLog, Kind
from tests.app.conftest import TOKEN, Store, release_of, serving, until

FOLDER = Path(__file__).parents[2] / "clients" / "python" / "pauta_client"
KEY = "a-key-of-sixteen-letters"


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    store.promote("v1")
    with serving(store.settings.model_copy(update={"events_key": SecretStr(KEY)})) as client:
        until(lambda: release_of(client) == "v1")
        yield str(client.base_url)


class Stumbling(httpx.HTTPTransport):
    """Passes requests on, and loses the answers to the first posts of events."""

    def __init__(self, lost: int, status: int | None = None) -> None:
        super().__init__()
        self.lost, self.status = lost, status
        self.bodies: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.url.path == "/events":
            self.bodies.append(request.content)
            if len(self.bodies) <= self.lost:
                answer.read()
                if self.status is None:
                    raise httpx.ReadError("the connection broke", request=request)
                return httpx.Response(self.status, headers={"Retry-After": "0"}, request=request)
        return answer


def clicks(store: Store) -> list[Any]:
    entries = EventLog(store.settings.events_address).tail(0, limit=10_000)
    return [entry for entry in entries if entry.kind == Kind.CLICK]


def test_a_click_on_a_list_counts_in_the_next_list(address: str):
    with Client(address) as pauta:
        answer = pauta.recommend("log0", 5)
        assert [item.title for item in answer.items]
        pauta.click(answer.items[0].page, user_id="log0", answer_id=answer.answer_id or None)
        pauta.flush()
        assert answer.items[0].page not in [item.page for item in pauta.recommend("log0", 50).items]


def test_the_asynchronous_client_does_the_same(address: str):
    async def visit() -> tuple[str, list[str]]:
        async with AsyncClient(address) as pauta:
            first = (await pauta.recommend(session="visit-1")).items[0].page
            await pauta.click(first, session="visit-1")
            await pauta.flush()
            return first, [item.page for item in (await pauta.recommend(session="visit-1", num_recs=50)).items]

    first, later = asyncio.run(visit())
    assert first not in later


def test_both_clients_are_the_same_code():
    synchronous = (FOLDER / "synchronous.py").read_text()
    other = (FOLDER / "asynchronous.py").read_text()
    for pattern, instead in (
        (r"\basync (def|with)", r"\1"),
        (r"\bawait ", ""),
        (r"asyncio\.sleep", "time.sleep"),
        (r"import asyncio", "import time"),
        (r"__a(enter|exit)__", r"__\1__"),
        (r"Async(Client|BaseTransport)", r"\1"),
        (r"httpx\.Base", "httpx.Base"),
        (r"aclose", "close"),
        ("asynchronous", "synchronous"),
        (", to be awaited", ""),
        (r"an ``with``", "a ``with``"),
    ):
        other = re.sub(pattern, instead, other)
    assert re.sub(r"\s+", "", other) == re.sub(r"\s+", "", synchronous)


@pytest.mark.parametrize("status", [None, 503, 429])
def test_a_batch_without_a_good_answer_is_sent_again_and_counts_once(address: str, store: Store, status: int | None):
    transport = Stumbling(2, status)
    with Client(address, transport=transport) as pauta:
        pauta.click("a1", user_id="ana")
        pauta.click("a2", user_id="ana")
    assert len(transport.bodies) == 3
    assert len(set(transport.bodies)) == 1
    assert [entry.article_id for entry in clicks(store)] == ["a1", "a2"]


def test_events_are_sent_in_batches_and_signed(address: str, store: Store):
    transport = Stumbling(0)
    with Client(address, key=KEY, batch_size=3, transport=transport) as pauta:
        for number in range(7):
            pauta.click("a1", user_id=f"u{number}")
    assert [body.count(b"event_id") for body in transport.bodies] == [3, 3, 1]
    assert len(clicks(store)) == 7
    with pytest.raises(PautaError, match="401"), Client(address, key="another-key-of-letters") as pauta:
        pauta.click("a1")


def test_what_is_refused_is_named_and_not_sent_again(address: str):
    pauta = Client(address)
    pauta.click("", user_id="ana")
    with pytest.raises(PautaError) as caught:
        pauta.flush()
    assert caught.value.status == 422
    assert [complaint["field"] for complaint in caught.value.errors] == ["list.0.page"]
    assert pauta.waiting.events == []
    pauta.close()


@pytest.mark.parametrize("bad", [[7], [0, 20, 49]])
def test_a_bad_event_does_not_cost_the_others_of_its_batch(address: str, store: Store, bad: list[int]):
    pauta = Client(address)
    for number in range(50):
        pauta.click("" if number in bad else "a1", user_id=f"u{number}")
    with pytest.raises(PautaError, match="422"):
        pauta.flush()
    assert [entry.user_id for entry in clicks(store)] == [f"u{number}" for number in range(50) if number not in bad]
    assert (pauta.waiting.events, pauta.waiting.dropped) == ([], len(bad))
    pauta.close()


def test_a_full_batch_is_tried_once_while_the_service_is_unreachable():
    tries: list[httpx.Request] = []

    def lose(request: httpx.Request) -> httpx.Response:
        tries.append(request)
        raise httpx.ConnectError("refused", request=request)

    pauta = Client("http://127.0.0.1:1", batch_size=2, tries=5, transport=httpx.MockTransport(lose))
    for _ in range(6):
        pauta.click("a1")
    assert (len(tries), len(pauta.waiting), pauta.waiting.dropped) == (1, 6, 0)


def test_events_added_while_a_batch_is_sent_are_not_lost():
    bodies: list[bytes] = []

    async def accept(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        await asyncio.sleep(0)
        return httpx.Response(200, json={"accepted": 1, "duplicates": 0})

    async def visit() -> None:
        async with AsyncClient("http://127.0.0.1:1", batch_size=2, transport=httpx.MockTransport(accept)) as pauta:
            await asyncio.gather(*(pauta.click(f"a{number}") for number in range(9)))

    asyncio.run(visit())
    assert {event["page"] for body in bodies for event in json.loads(body)} == {f"a{number}" for number in range(9)}


def test_an_event_that_is_no_json_is_refused_at_once():
    pauta = Client("http://127.0.0.1:1")
    with pytest.raises(TypeError, match="not JSON serializable"):
        pauta.click("a1", time=datetime.now(UTC))
    assert pauta.waiting.events == []


def test_events_wait_while_the_service_is_unreachable():
    pauta = Client("http://127.0.0.1:1", tries=1)
    pauta.click("a1")
    with pytest.raises(PautaError, match="does not answer"):
        pauta.flush()
    assert len(pauta.waiting.events) == 1


def test_admin_routes_take_the_token(address: str):
    with Client(address, token=TOKEN) as pauta:
        assert pauta.post_articles({"page": "new", "title": "Chuva"}) == 1
        pauta.click("new", user_id="ana/1")
        pauta.flush()
        assert [entry["article_id"] for entry in pauta.export_user("ana/1")["entries"]] == ["new"]
        pauta.erase_user("ana/1")
    with Client(address) as pauta, pytest.raises(PautaError, match="401"):
        pauta.export_user("ana/1")


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"batch_size": 1001}, {"tries": 0}])
def test_options_that_make_no_sense_are_refused(options: dict[str, int]):
    with pytest.raises(ValueError, match="must be"):
        Client("http://127.0.0.1:1", **options)
