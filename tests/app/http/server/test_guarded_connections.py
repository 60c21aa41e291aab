"""How long a connection may take, and how many there may be."""

import asyncio
import resource
import socket
from ipaddress import ip_network

import httpx
import pytest

from app.http.server.connections import Connections
from app.http.server.limits import RESERVED, HttpLimits, raise_descriptors
from tests.app.http.server.guarded_server import GET, POST, SMALL, Server, answer, closed, one

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
                assert server.refused == []
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


def test_a_closed_connection_frees_one_place_of_its_address_and_no_more() -> None:
    connections = Connections(HttpLimits(connections=9, connections_per_address=2))
    first, second, third = (Waiting("a", 0, None) for _ in range(3))
    assert all(map(connections.admit, (first, second)))
    connections.leave(first)
    assert connections.admit(third)
    assert not connections.admit(Waiting("a", 0, None))
    connections.leave(second)
    connections.leave(third)
    assert not connections._by_address  # strangers with many addresses do not fill the memory
