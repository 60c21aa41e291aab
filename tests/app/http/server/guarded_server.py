"""A server with small limits, and a client that writes bytes to it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn

from app.http.server.connections import Connections
from app.http.server.guarded_http import GuardedProtocol
from app.http.server.limits import HttpLimits

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


async def one(server: Server) -> Any:
    """The only connection, once the server has it."""
    while not len(server.connections):
        await asyncio.sleep(0)
    return next(iter(server.connections._open))
