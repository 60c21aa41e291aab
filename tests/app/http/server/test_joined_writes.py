"""Head and body of an answer are sent together, and nothing waits for a body that comes later."""

import asyncio
import socket
import struct
import sys
from typing import Any

import pytest

from tests.app.http.server.guarded_server import GET, SMALL, Server, answer
from tests.patience import PATIENCE_SECONDS

DATA_SEGMENTS_AT = 152  # of tcpi_data_segs_in in Linux's struct tcp_info


class Stream(Server):
    """Sends its head at once, and its body when the test allows it."""

    def __init__(self) -> None:
        super().__init__(SMALL)
        self.body = asyncio.Event()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await self.body.wait()
        await send({"type": "http.response.body", "body": b"xx"})


def segments(writer: asyncio.StreamWriter) -> int:
    """How many segments with data this side of a connection has received."""
    info = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return int(struct.unpack_from("I", info, DATA_SEGMENTS_AT)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_head_and_body_arrive_in_one_segment() -> None:
    async def ask() -> int:
        async with Server(SMALL).listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in range(5):
                writer.write(GET + b"\r\n")
                assert await answer(reader) == (200, {"content-length": "2"}, b"xx")
            received = segments(writer)
            writer.close()
            return received

    assert asyncio.run(ask()) == 5


def test_the_head_of_a_stream_arrives_before_its_body() -> None:
    async def ask() -> None:
        server = Stream()
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET + b"\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
            assert head.startswith(b"HTTP/1.1 200 OK")
            server.body.set()
            assert await reader.readexactly(2) == b"xx"
            writer.close()

    asyncio.run(ask())


def test_a_client_that_waits_for_100_continue_gets_it() -> None:
    async def ask() -> None:
        server = Server(SMALL)
        async with server.listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            first = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
            assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"abc")
            assert (await answer(reader))[0] == 200
            assert server.bodies == [3]
            writer.close()

    asyncio.run(ask())


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_an_answer_without_a_body_is_sent(connection: str) -> None:
    async def ask() -> None:
        async with Server(SMALL).listening() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
            assert head.startswith(b"HTTP/1.1 200 OK")
            writer.close()

    asyncio.run(ask())
