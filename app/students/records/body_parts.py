"""The body of a request part by part, for a route that answers while it still arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

MEMORY = 262_144  # bytes of a body that are buffered in memory; more are in an unnamed temporary file
PART = 65_536  # bytes of a part at most


class Spool:
    """Bytes between a sender and a slower reader.

    Many clients send all of a body before they read any answer: the body has to be taken from them, or both sides
    would wait for each other.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115  closed by ``close``
        self._read = self._written = 0
        self._changed = asyncio.Event()
        self._over = False
        self._error: BaseException | None = None

    def put(self, data: bytes) -> None:
        """Add bytes at the end."""
        self._file.seek(self._written)
        self._file.write(data)
        self._written += len(data)
        self._changed.set()

    def finish(self, error: BaseException | None = None) -> None:
        """End the bytes. The reader gets an error, if there is one, after the bytes that came before."""
        self._over, self._error = True, error
        self._changed.set()

    async def parts(self) -> AsyncIterator[bytes]:
        """The bytes, as soon as they arrive."""
        while True:
            if self._read < self._written:
                yield self._take()
            elif self._over:
                if self._error is not None:
                    raise self._error
                return
            else:
                self._changed.clear()
                await self._changed.wait()

    def _take(self) -> bytes:
        self._file.seek(self._read)
        data = self._file.read(PART)
        self._read += len(data)
        if self._read == self._written:  # everything was read: begin again at the front
            self._file.seek(0)
            self._file.truncate()
            self._read = self._written = 0
        return data

    def close(self) -> None:
        """Close the temporary file, which deletes it."""
        self._file.close()


@asynccontextmanager
async def body_parts(request: Request) -> AsyncIterator[AsyncIterator[bytes]]:
    """The parts of a body, read from the client as fast as it sends them.

    Args:
        request: a request whose body was not read yet.
    """
    spool = Spool()
    pump = asyncio.create_task(_pump(request, spool))
    try:
        yield spool.parts()
    finally:
        pump.cancel()
        await asyncio.gather(pump, return_exceptions=True)
        spool.close()


async def _pump(request: Request, spool: Spool) -> None:
    try:
        async for data in request.stream():
            if data:
                spool.put(data)
    except Exception as error:  # noqa: BLE001  whatever it is, the reader gets it
        spool.finish(error)
    else:
        spool.finish()


class AnswerBesideBody(StreamingResponse):
    """A streamed answer to a body that may still arrive.

    A plain ``StreamingResponse`` waits for the client to disconnect, and so would take the messages of the body.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.stream_response(send)
