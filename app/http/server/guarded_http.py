"""HTTP/1.1 for uvicorn with limits per connection: bytes, headers, and time.

uvicorn's own protocol does not limit heads, limits the time of idle connections only, and refuses no connection until
the system runs out of descriptors. This class counts bytes before the parser gets them, in parts of at most 16 kB.
"""

import secrets
from http import HTTPStatus
from math import inf
from typing import Any

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.http.errors import MEDIA_TYPE
from app.http.server.connections import Connections
from app.http.server.joined_writes import JoinedWrites
from app.http.server.limits import HttpLimits

STATE = "connections"  # where the application's lifespan leaves its ``Connections``
PART_BYTES = 16_384  # what the parser gets at once
MOST_PIPELINED = 16  # requests that wait behind the one being answered
LINGER_BYTES = 8_000_000  # discarded after a refusal, so that a client that is still sending can read it
LINGER_SECONDS = 5.0
FRAMING = 8  # bytes on the wire for one byte of the body, in the smallest chunks
LONGEST_ADDRESS = 65_520  # the parser's offsets have 16 bits


class RequestRefused(Exception):  # noqa: N818  it ends a request and is no error of this program
    """A request that the server stops reading.

    Args:
        reason: as counted in ``pauta_http_refused_total``.
        detail: what is wrong and what to do, for people.
    """

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail = status, reason, detail


class GuardedProtocol(HttpToolsProtocol):
    """One connection.

    Attributes:
        address, requests, waiting_since: see ``app.http.server.connections.Connection``.
    """

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        door = app_state.get(STATE)
        self.door: Connections = Connections(HttpLimits()) if door is None else door
        self.limits = self.door.limits
        self.timeout_keep_alive = self.limits.idle_seconds  # type: ignore[assignment]
        self.address, self.requests = "", 0
        self.waiting_since: float | None = None
        self._in_head, self._shut = True, False
        self._refusal: RequestRefused | None = None
        self._head_bytes = self._wire_bytes = self._body_bytes = self._discarded = 0
        self._read_until = self._sent_until = self._closed_until = inf

    def connection_made(self, transport: Any) -> None:
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]
        self.address = self.client[0] if self.client else ""
        self.waiting_since = self.loop.time()
        self._read_until = self.waiting_since + self.limits.head_seconds
        if not self.door.admit(self):
            self._refuse(
                RequestRefused(503, "connections", "Too many connections are open. Try again in a few seconds.")
            )
            self.loop.call_later(LINGER_SECONDS, transport.abort)  # the door checks only what it admitted

    def connection_lost(self, exc: Exception | None) -> None:
        self.door.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._shut:
            self._discard(data)
            return
        if self._in_head and self._read_until == inf:
            self._read_until = self.loop.time() + self.limits.head_seconds
        for start in range(0, len(data), PART_BYTES):
            if self._shut:
                return
            part = data if len(data) <= PART_BYTES else data[start : start + PART_BYTES]
            try:
                self._feed(part)
            except RequestRefused as refusal:
                self._refuse(refusal)

    def _discard(self, data: bytes) -> None:
        self._discarded += len(data)
        if self._discarded > LINGER_BYTES:
            self.transport.abort()

    def _feed(self, part: bytes) -> None:
        """Count a part, parse it, and check whether the head or the framing of the body has become too large."""
        if self._in_head:
            self._head_bytes += len(part)
        else:
            self._wire_bytes += len(part)
        try:
            self.parser.feed_data(part)
        except httptools.HttpParserUpgrade:
            self.cycle.keep_alive = False  # no other protocol is supported; the request is answered over HTTP/1.1
        except httptools.HttpParserError:
            raise self._refusal or RequestRefused(400, "malformed", "This is no HTTP/1.1 request.") from None
        if self._in_head and self._head_bytes > self.limits.head_bytes:
            raise self._head_too_large()
        if self._wire_bytes - FRAMING * self._body_bytes > self.limits.head_bytes:
            raise RequestRefused(431, "head", "The body's chunks have too many extensions or trailers. Send fewer.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wire_bytes = self._body_bytes = 0
        self._read_until = self.loop.time() + self.limits.head_seconds

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > min(self.limits.head_bytes, LONGEST_ADDRESS):
            self._stop(self._head_too_large())

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > self.limits.headers:
            self._stop(RequestRefused(431, "head", f"There are more than {self.limits.headers} headers. Send fewer."))

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        if len(self.pipeline) >= MOST_PIPELINED:
            self._stop(
                RequestRefused(503, "connections", "Too many requests wait in one connection. Wait for answers.")
            )
        self._read_until = self.loop.time() + self.limits.body_seconds
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > 2 * self.limits.body_bytes:  # up to twice the limit, the application refuses it
            self._stop(
                RequestRefused(413, "body", f"The body is larger than {self.limits.body_bytes:,} bytes. Send less.")
            )
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head, self._read_until, self.waiting_since = True, inf, None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.requests += 1
        if self._shut:
            self.transport.close()
        elif self.cycle.response_complete:
            self.waiting_since = self.loop.time()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.waiting_since = self.loop.time()
        self._sent_until = self.waiting_since + self.limits.send_seconds

    def resume_writing(self) -> None:
        super().resume_writing()
        self._sent_until, self.waiting_since = inf, None

    def look(self, now: float) -> None:
        """Close the connection if a limit in seconds has passed."""
        if self.transport.is_closing():
            self._sent_until = min(self._sent_until, now + self.limits.send_seconds)
        if now > self._closed_until:
            self.transport.abort()
        elif now > self._sent_until:  # the client does not read what is sent
            self.door.count_refused("time")
            self.transport.abort()
        elif now > self._read_until:
            self._end_late()

    def _end_late(self) -> None:
        """End a request that did not arrive in time.

        If no byte of it arrived, nothing is sent: the client would read it as the answer to its next request.
        """
        if self._in_head and not self._head_bytes:
            self.door.count_refused("time")
            self._shut = True
            self.transport.close()
            return
        part = "head" if self._in_head else "body"
        self._refuse(RequestRefused(408, "time", f"The {part} of the request did not arrive in time. Send it again."))

    def make_room(self) -> None:
        """Close the connection, because a new one needs its place."""
        self.door.count_refused("connections")
        self._shut = True
        self.transport.abort()

    def _stop(self, refusal: RequestRefused) -> None:
        """Stop the parser, which hides errors of its callbacks."""
        self._refusal = refusal
        raise refusal

    def _head_too_large(self) -> RequestRefused:
        most = self.limits.head_bytes
        if len(self.url) > most // 2:
            detail = f"The address is too long: a head has {most:,} bytes at most. POST takes many ids in its body."
            return RequestRefused(414, "address", detail)
        return RequestRefused(431, "head", f"The head of the request is larger than {most:,} bytes. Send less.")

    def _refuse(self, refusal: RequestRefused) -> None:
        """Send the reason, unless an answer was already sent, and close the connection."""
        self._shut, self._read_until = True, inf
        self.door.count_refused(refusal.reason)
        cycle, waited = self.cycle, bool(self.pipeline)
        self.pipeline.clear()
        if cycle is not None and not cycle.response_complete:
            if waited or not cycle.more_body:  # a complete request is being answered; later ones are not
                cycle.keep_alive = False
                return
            cycle.disconnected = True
            cycle.message_event.set()
        if not self._begun():
            self.transport.write(self._answer(refusal))
        self.transport.write_eof()  # if it closed at once, with unread data, the system would discard the answer
        self._closed_until = self.loop.time() + LINGER_SECONDS

    def _begun(self) -> bool:
        """Whether the answer to the refused request was already sent, at least in part."""
        return not self._in_head and self.cycle is not None and self.cycle.response_started

    def _answer(self, refusal: RequestRefused) -> bytes:
        request_id, status = secrets.token_hex(16), refusal.status
        body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": refusal.detail}
        content = orjson.dumps({**body, "instance": "", "request_id": request_id})
        head = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
            *([(b"retry-after", b"5")] if status == 503 else []),
            *self.server_state.default_headers,
        ]
        lines = b"".join(b"%s: %s\r\n" % line for line in head)
        return b"".join([STATUS_LINE[status], lines, b"\r\n", content])
