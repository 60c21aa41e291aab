"""What one client may send, keep and wait for; each limit is passed over a real connection."""

import asyncio
import contextlib
import gc
import json
import resource
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from ipaddress import ip_network
from typing import Any

import httpx
import psutil
import pytest
import uvicorn

from app.http.connections import Connections
from app.http.guarded_http import LINGER_SECONDS, MOST_PIPELINED, GuardedProtocol
from app.http.limits import RESERVED, HttpLimits, raise_descriptors
from tests.patience import PATIENCE_SECONDS

SMALL = HttpLimits(head_bytes=4096, headers=20, body_bytes=10_000, connections=50, connections_per_address=10)
Sent = Callable[[], Iterator[bytes]]


class Server:
    """The protocol over a small application, with a clock that the test moves.

    Attributes:
        refused: reasons of what was refused.
    """

    def __init__(self, limits: HttpLimits) -> None:
        self.refused: list[str] = []
        self.connections = Connections(limits, self.refused.append)
        self.bodies: list[int] = []
        self.state = uvicorn.server.ServerState()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        size = 0
        if scope["method"] == "POST":
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                size, more = size + len(message["body"]), message["more_body"]
            self.bodies.append(size)
        content = b"x" * (5_000_000 if scope["path"] == "/large" else 2)
        headers = [(b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        config = uvicorn.Config(self.app, interface="asgi3", lifespan="off", log_config=None)
        config.load()
        loop = asyncio.get_running_loop()

        def protocol() -> GuardedProtocol:
            return GuardedProtocol(config, self.state, {"connections": self.connections}, loop)

        server = await loop.create_server(protocol, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def later(self, seconds: float) -> None:
        """Look at the connections as if so many seconds had gone by."""
        await asyncio.sleep(0)
        self.connections.look(asyncio.get_running_loop().time() + seconds)


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


async def closed(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(ConnectionError):
        return await reader.read() == b""
    return True


def endless(first: bytes, line: bytes, times: int) -> Sent:
    def parts() -> Iterator[bytes]:
        yield first
        for _ in range(times):
            yield line

    return parts


async def problem_after(server: Server, parts: Sent) -> tuple[int, int]:
    """Status of the answer to what is sent without end, and how many bytes were sent before it came."""
    async with server.listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answered, sent = asyncio.create_task(answer(reader)), 0
        for part in parts():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
            sent += len(part)
            if answered.done():
                break
        status, headers, body = await answered
        assert headers["content-type"] == "application/problem+json"
        assert headers["connection"] == "close"
        problem = json.loads(body)
        assert problem["status"] == status
        assert problem["detail"]
        assert problem["request_id"] == headers["x-request-id"]
        assert await closed(reader)
        writer.close()
    return status, sent


GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
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
    monkeypatch.setattr("app.http.guarded_http.LINGER_SECONDS", 0.01)

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


async def one(server: Server) -> Any:
    """The only connection, once the server has it."""
    while not len(server.connections):
        await asyncio.sleep(0)
    return next(iter(server.connections._open))


def test_a_request_at_the_limits_is_answered() -> None:
    async def ask() -> None:
        async with Server(SMALL).listening() as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            headers = {f"h{number}": "x" for number in range(10)}
            assert (await client.get("/" + "x" * 3_500, headers=headers)).status_code == 200
            assert (await client.post("/", content=b"x" * 10_000)).status_code == 200

    asyncio.run(ask())


HALF = {  # and the limit that it meets
    "half a head": (b"GET / HTTP/1.1\r\nHost: x\r\n", SMALL.head_seconds),
    "blank lines": (b"\r\n\r\n", SMALL.head_seconds),
    "half a body": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", SMALL.body_seconds),
    "half a chunk": (POST + b"a\r\nhalf", SMALL.body_seconds),
}


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("name", HALF)
def test_what_does_not_arrive_in_time_is_answered_and_closed(name: str, before: int) -> None:
    sent, limit = HALF[name]

    async def wait() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in range(before):
                writer.write(GET + b"\r\n")
                assert (await answer(reader))[0] == 200
            writer.write(sent)
            connection = await one(server)
            while connection._read_until == float("inf") or connection._in_head != (limit == SMALL.head_seconds):
                await asyncio.sleep(0)
            await server.later(limit - 1)
            assert server.refused == []
            await server.later(limit + 1)
            assert (await answer(reader))[0] == 408
            assert await closed(reader)
            assert server.refused == ["time"]
            writer.close()

    asyncio.run(wait())


def test_a_connection_without_a_request_is_closed_without_an_answer() -> None:
    """Clients and proxies open connections in advance, and would take an answer for the one to their first request."""

    async def wait() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await one(server)
            await server.later(SMALL.head_seconds - 1)
            assert server.refused == []
            await server.later(SMALL.head_seconds + 1)
            assert await reader.read() == b""
            assert server.refused == ["time"]
            writer.close()

    asyncio.run(wait())


def test_a_client_that_does_not_take_its_answer_is_let_go() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(GET.replace(b"/ ", b"/large ") + b"\r\n")
                connection = await one(server)
                while connection._sent_until == float("inf"):
                    await asyncio.sleep(0)
                await server.later(SMALL.send_seconds - 1)
                assert len(server.connections) == 1
                await server.later(SMALL.send_seconds + 1)
                while len(server.connections):
                    await asyncio.sleep(0)
                assert server.refused == ["time"]

    asyncio.run(ask())


def test_silent_connections_of_one_address_do_not_keep_others_out() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                for _ in range(20):
                    assert (await client.get("/")).status_code == 200
            assert len(server.connections) <= SMALL.connections_per_address
            assert await closed(silent[0][0])  # the one that waited longest made room
            assert set(server.refused) == {"connections"}
            for _, writer in silent:
                writer.close()

    asyncio.run(ask())


class Waiting:
    """A connection as ``Connections`` sees it."""

    def __init__(self, address: str, requests: int, waiting_since: float | None) -> None:
        self.address, self.requests, self.waiting_since = address, requests, waiting_since
        self.room = False

    def look(self, now: float) -> None:
        pass

    def make_room(self) -> None:
        self.room = True


def test_room_is_made_by_the_connection_that_was_never_answered_and_waits_longest() -> None:
    connections = Connections(HttpLimits(connections=10, connections_per_address=4))
    first = [Waiting("a", 1, 1.0), Waiting("a", 0, 3.0), Waiting("a", 0, 2.0), Waiting("a", 1, None)]
    assert all(map(connections.admit, first))
    assert connections.admit(Waiting("a", 0, 9.0))
    assert [one.room for one in first] == [False, False, True, False]
    assert connections.admit(Waiting("b", 0, 9.0))
    assert len(connections) == 5


def test_a_crowded_address_makes_room_among_its_own_connections_alone() -> None:
    connections = Connections(HttpLimits(connections=10, connections_per_address=2))
    oldest, first, second = Waiting("b", 0, 1.0), Waiting("a", 0, 2.0), Waiting("a", 0, 3.0)
    assert all(map(connections.admit, (oldest, first, second)))
    assert connections.admit(Waiting("a", 0, 9.0))
    assert [one.room for one in (oldest, first, second)] == [False, True, False]


def test_a_process_full_of_requests_under_way_refuses_the_next() -> None:
    connections = Connections(HttpLimits(connections=3, connections_per_address=2))
    assert connections.admit(Waiting("a", 0, None))
    assert connections.admit(Waiting("a", 0, None))
    assert not connections.admit(Waiting("a", 0, 1.0))
    assert connections.admit(Waiting("b", 0, None))
    assert not connections.admit(Waiting("c", 0, 1.0))


def test_local_sockets_have_no_address_to_be_counted_by() -> None:
    connections = Connections(HttpLimits(connections=30, connections_per_address=2))
    assert all(connections.admit(Waiting("", 0, None)) for _ in range(30))


def test_a_trusted_proxy_has_as_many_as_the_process() -> None:
    proxies = (ip_network("10.0.0.0/8"),)
    connections = Connections(HttpLimits(connections=9, connections_per_address=2), proxies=proxies)
    assert all(connections.admit(Waiting("10.0.0.7", 0, None)) for _ in range(9))
    assert not connections.admit(Waiting("10.0.0.7", 0, None))


def test_a_place_is_free_again_when_a_connection_closes() -> None:
    connections = Connections(HttpLimits(connections=1))
    first = Waiting("a", 0, None)
    connections.admit(first)
    connections.leave(first)
    connections.leave(first)
    assert connections.admit(Waiting("a", 0, None))


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


def test_the_limit_of_open_files_is_raised_to_what_the_connections_need() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(256, RESERVED), hard))
        assert raise_descriptors(300) == ""
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300 + RESERVED
        assert "ulimit -n" in raise_descriptors(hard) if hard != resource.RLIM_INFINITY else True
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_the_system_sets_no_limit_of_open_files_it_is_raised_to_the_number_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (10, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, wanted: limits.append(wanted))
    assert raise_descriptors(300) == ""
    assert limits == [(300 + RESERVED, resource.RLIM_INFINITY)]
