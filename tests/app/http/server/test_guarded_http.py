"""What one client may send, keep and wait for; each limit is passed over a real connection."""

import asyncio
import gc

import httpx
import psutil
import pytest

from app.http.server.guarded_http import LINGER_SECONDS, MOST_PIPELINED
from app.http.server.limits import HttpLimits
from tests.app.http.server.guarded_server import GET, POST, SMALL, Server, answer, closed, endless, one, problem_after
from tests.patience import PATIENCE_SECONDS

TOO_MUCH = {
    "short headers for ever": (endless(GET, b"a: b\r\n" * 100, 10**5), 431, "head"),
    "one header of 100 MB": (endless(GET + b"a: ", b"x" * 100_000, 1000), 431, "head"),
    "one header name of 100 MB": (endless(GET, b"x" * 100_000, 1000), 431, "head"),
    "an address of 100 MB": (endless(b"GET /", b"x" * 100_000, 1000), 414, "address"),
    "a few long headers": (endless(GET, b"a: " + b"x" * 1000 + b"\r\n", 10**5), 431, "head"),
    "chunk extensions for ever": (endless(POST + b"1", b";x=" + b"y" * 5000, 10**5), 431, "head"),
    "trailers for ever": (endless(POST + b"1\r\nx\r\n0\r\n", b"a: b\r\n" * 100, 10**5), 431, "head"),
    "one trailer of 100 MB": (endless(POST + b"1\r\nx\r\n0\r\na: ", b"x" * 100_000, 1000), 431, "head"),
    "a body in chunks for ever": (endless(POST, b"3e8\r\n" + b"x" * 1000 + b"\r\n", 10**6), 413, "body"),
    "noise": (endless(b"\x16\x03\x01", b"\x00" * 1000, 10**5), 400, "malformed"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_has_no_end_is_answered_with_a_problem_and_closed(name: str) -> None:
    parts, status, reason = TOO_MUCH[name]
    server = Server(SMALL)
    gc.collect()
    before = psutil.Process().memory_info().rss
    got, sent = asyncio.run(problem_after(server, parts))
    assert got == status
    assert server.refused == [reason]
    assert sent < 20_000_000  # what the system's buffers hold, not what the client had in mind
    assert psutil.Process().memory_info().rss - before < 40_000_000


def test_a_client_that_goes_on_sending_after_a_refusal_is_cut_off() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)

            async def send_on() -> None:
                for _ in range(10_000):
                    writer.write(b"x" * 100_000)
                    await writer.drain()

            with pytest.raises(ConnectionError):
                await send_on()
            writer.close()
            while len(server.connections):
                await asyncio.sleep(0)

    asyncio.run(ask())


def test_a_client_that_keeps_the_connection_after_a_refusal_is_let_go() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"noise\r\n\r\n")
            assert (await answer(reader))[0] == 400
            await server.later(LINGER_SECONDS + 1)
            while len(server.connections):
                await asyncio.sleep(0)
            assert server.refused == ["malformed"]
            writer.close()

    asyncio.run(ask())


def test_a_client_that_is_turned_away_and_keeps_the_connection_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.http.server.guarded_http.LINGER_SECONDS", 0.01)

    async def ask() -> None:
        server = Server(HttpLimits(connections=0))
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert (await answer(reader))[0] == 503
            assert server.refused == ["connections"]
            async with asyncio.timeout(PATIENCE_SECONDS):
                while server.state.connections:
                    await asyncio.sleep(0)
            writer.close()

    asyncio.run(ask())


def test_a_request_at_the_limits_is_answered() -> None:
    async def ask() -> None:
        async with Server(SMALL).listening() as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            headers = {f"h{number}": "x" for number in range(10)}
            assert (await client.get("/" + "x" * 3_500, headers=headers)).status_code == 200
            assert (await client.post("/", content=b"x" * 10_000)).status_code == 200

    asyncio.run(ask())


def test_a_connection_that_asks_without_waiting_for_answers_is_cut_off() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write((GET + b"\r\n") * 500)
            content = await reader.read()
            assert 1 <= content.count(b"200 OK") <= MOST_PIPELINED + 1
            assert server.refused == ["connections"]
            writer.close()

    asyncio.run(ask())


def test_a_whole_request_is_answered_although_noise_follows() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET + b"\r\n" + b"\x00noise\r\n\r\n")
            assert (await answer(reader))[0] == 200
            assert await closed(reader)
            writer.close()

    asyncio.run(ask())


def test_a_body_of_twice_the_limit_is_left_to_the_application_and_a_larger_one_is_refused() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 20_000)
            connection = await one(server)
            while connection._body_bytes < 20_000:
                await asyncio.sleep(0)
            assert server.refused == []
            writer.write(b"x")
            while connection._body_bytes < 20_001:
                await asyncio.sleep(0)
            assert server.refused == ["body"]
            assert (await answer(reader))[0] == 413
            writer.close()

    asyncio.run(ask())
