"""The generator of constant load: what it measures begins when a request was due."""

import asyncio
import contextlib
import time

from tests.benchmarks.schedule import Sent, send

STALL_SECONDS = 0.3


async def _stalling() -> Sent:
    """A server that stalls once; everything due meanwhile has waited."""
    turns = iter(range(10_000))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                turn = next(turns)
                if turn == 20:
                    time.sleep(STALL_SECONDS)  # the whole server stops
                status, body = ("500 Oh", b"{}") if turn == 5 else ("200 OK", b'{"items":[]}' if turn == 6 else b"{}")
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    plan = [("GET", "/recommendations", None)] * 100
    sent = await send(server.sockets[0].getsockname()[1], plan, 200.0)
    server.close()
    await server.wait_closed()
    return sent


def test_requests_that_were_due_while_the_server_stood_still_count_as_slow() -> None:
    sent = asyncio.run(_stalling())
    assert len(sent.took) == 100
    assert (sent.failed, sent.empty) == (1, 1)
    slow = sum(took > STALL_SECONDS / 3 for took in sent.took)
    assert slow >= 30  # 200 per second for two thirds of 0.3 seconds, not just the one that met the stall


async def _closing() -> Sent:
    """A server that closes each connection after its second answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            for _ in range(2):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sent = await send(server.sockets[0].getsockname()[1], [("GET", "/recommendations", None)] * 100, 200.0)
    server.close()
    await server.wait_closed()
    return sent


def test_a_connection_that_the_server_closed_while_idle_is_no_failed_request() -> None:
    assert asyncio.run(_closing()).failed == 0
