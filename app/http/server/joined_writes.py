"""Sends the head of an answer together with the beginning of its body: one system call instead of two."""

from asyncio import AbstractEventLoop, Transport
from typing import Any

ANSWER, CONTINUE = b"HTTP/1.1 ", b"HTTP/1.1 100 "


class JoinedWrites:
    """A transport that holds back the head of an answer until the body is written or the loop runs again.

    uvicorn writes head and body one after the other. Each write would take about 15 microseconds and wake the client.
    The head of a stream, whose body may come much later, is sent in the next iteration of the loop.

    Args:
        transport: of the connection; every other call is passed to it unchanged.
        loop: the event loop of the connection.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send bytes, after a head that was held back.

        Args:
            data: a whole head, or a part of a body.
        """
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(ANSWER) and not data.startswith(CONTINUE):
            self._head = data
            self._loop.call_soon(self._send_head)
            return
        self._transport.write(data)

    def write_eof(self) -> None:
        """Send a head that was held back, then the end of the stream."""
        self._send_head()
        self._transport.write_eof()

    def close(self) -> None:
        """Send a head that was held back, then close the connection."""
        self._send_head()
        self._transport.close()

    def _send_head(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
