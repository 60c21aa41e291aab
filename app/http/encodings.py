"""Compressed request bodies: decompressed as they arrive, and never beyond the size that a plain body may have."""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

NAMES = "gzip, deflate, br"


class Inflater(Protocol):
    """One compressed body on its way in."""

    @property
    def is_complete(self) -> bool:
        """Whether the compressed data is complete."""

    def inflate(self, data: bytes, most: int) -> bytes:
        """Decompress ``data``, at most about ``most`` bytes.

        Raises:
            ValueError: the data is damaged, or there is more of it after its end.
        """


class Zlib:
    """gzip and deflate; of several gzip members in one body only one is read, because each costs time to begin."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)

    @property
    def is_complete(self) -> bool:
        return self._inner.eof

    def inflate(self, data: bytes, most: int) -> bytes:
        if data and self.is_complete:
            raise ValueError("it continues after its end")
        try:
            found = self._inner.decompress(data, most)
        except zlib.error as error:
            raise ValueError("damaged") from error
        if self._inner.unused_data:
            raise ValueError("it continues after its end")
        return found


class Brotli:
    """br, as its authors' library reads it."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    @property
    def is_complete(self) -> bool:
        return bool(self._inner.is_finished())

    def inflate(self, data: bytes, most: int) -> bytes:
        if data and self.is_complete:
            raise ValueError("it continues after its end")
        try:
            return bytes(self._inner.process(data, output_buffer_limit=most))
        except brotli.error as error:
            raise ValueError("damaged") from error


MAKERS: dict[str, Callable[[], Inflater]] = {
    "gzip": lambda: Zlib(16 + zlib.MAX_WBITS),
    "x-gzip": lambda: Zlib(16 + zlib.MAX_WBITS),
    "deflate": lambda: Zlib(zlib.MAX_WBITS),
    "br": Brotli,
}


def inflate_body(scope: Scope, receive: Receive, most: int) -> Receive:
    """``receive`` with the decompressed body.

    Reading raises HTTPException: 415 for an encoding that is not read, 413 once more than ``most`` bytes came out, 400
    for damaged data.

    Args:
        scope: of the request; its ``Content-Encoding`` decides.
        receive: gives the body as it was sent.
        most: bytes of the decompressed body.
    """
    encodings = _encodings(scope)
    if not encodings:
        return receive
    if len(encodings) > 1 or encodings[0] not in MAKERS:
        return _refusing(", ".join(encodings))
    inflater = MAKERS[encodings[0]]()
    total = 0

    async def receive_inflated() -> Message:
        nonlocal total
        message = await receive()
        if message["type"] != "http.request":
            return message
        body = _read(inflater, message.get("body", b""), most + 1 - total, encodings[0])
        total += len(body)
        if total > most:
            raise HTTPException(413, f"The body is larger than {most:,} bytes after decompression. Send less.")
        if not message.get("more_body") and not inflater.is_complete:
            raise HTTPException(400, f"The body ends before its {encodings[0]} data does. Send it again.")
        return {**message, "body": body}

    return receive_inflated


def _encodings(scope: Scope) -> list[str]:
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"content-encoding"]
    names = [part.strip().lower() for part in ",".join(given).split(",")]
    return [name for name in names if name not in ("", "identity")]


def _read(inflater: Inflater, data: bytes, most: int, name: str) -> bytes:
    try:
        return inflater.inflate(data, most)
    except ValueError as error:
        raise HTTPException(400, f"The body is not readable as {name}: {error}. Send it again.") from None


def _refusing(sent: str) -> Receive:
    named = sent.encode("ascii", "replace").decode()[:40]

    async def refuse() -> Message:
        detail = f"A body with Content-Encoding: {named} is not read here. Send it plain, or as one of {NAMES}."
        raise HTTPException(415, detail, headers={"Accept-Encoding": NAMES})

    return refuse
