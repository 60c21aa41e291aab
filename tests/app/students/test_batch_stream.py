"""A batch is answered while its body arrives, in bounded memory, also if the client sends all before it reads."""

import asyncio
import functools
import json
import random
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import Request

from app.students.records.body_parts import MEMORY, Spool
from app.students.records.formats import reader_of
from app.students.records.reader import LONGEST, RecordReader, Unusable
from app.students.routes import streams
from script_shared.errors import RequestError
from tests.app.conftest import TOKEN

RECORD = {"year": 2024, "phase": 1, "ideal_phase": 3, "ida": 3.0, "ieg": 2.0}
KINDS = ("application/x-ndjson", "application/json", "text/csv")


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test that waits for tasks."""

    @functools.wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


def bodies() -> dict[str, bytes]:
    """The same records in each format, with texts that are hard to cut."""
    records = [{"ref": f'ü"{n}, ]{{', "phase": n % 9, "ida": n / 10} for n in range(40)]
    rows = ['"{}",{},{}'.format(each["ref"].replace('"', '""'), each["phase"], each["ida"]) for each in records]  # type: ignore[attr-defined]
    return {
        KINDS[0]: "\r\n\n".join(map(json.dumps, records)).encode(),
        KINDS[1]: b'\xef\xbb\xbf { "records" :' + json.dumps(records, ensure_ascii=False, indent=1).encode() + b"} ",
        KINDS[2]: "\r\n".join(["ref,phase,ida", *rows, ""]).encode(),
    }


def read_in_parts(reader: RecordReader, body: bytes, cuts: list[int]) -> list[Any]:
    ends = [*cuts, len(body)]
    parts = [body[start:end] for start, end in zip([0, *cuts], ends, strict=True)]
    return [record for data in parts for record in reader.feed(data)] + reader.feed(b"", last=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_a_body_gives_the_same_records_however_it_is_cut(kind: str, seed: int) -> None:
    body, draw = bodies()[kind], random.Random(seed)
    whole, cut = reader_of(kind), reader_of(kind)
    expected = read_in_parts(whole, body, [])
    cuts = sorted(draw.sample(range(1, len(body)), 40 if seed else len(body) - 1))
    assert read_in_parts(cut, body, cuts) == expected
    assert (whole.problem, cut.problem) == (None, None)
    assert [record["ref"] for record in expected] == [f'ü"{n}, ]{{' for n in range(40)]
    assert [float(record["ida"]) for record in expected] == [n / 10 for n in range(40)]


@pytest.mark.parametrize(
    ("kind", "body", "records", "said"),
    [
        (KINDS[1], b'[{"ida": 1}, {"ida": 2}', 1, "not valid JSON"),
        (KINDS[1], b'[{"ida": 1},]', 1, "not valid JSON"),
        (KINDS[1], b'[{"ida": 1} {"ida": 2}]', 0, "not valid JSON"),
        (KINDS[1], b'[{"ida": 1}] x', 1, "not valid JSON"),
        (KINDS[1], b'{"records": [{"ida": 1}]', 1, "not valid JSON"),
        (KINDS[1], b"[" + b"[" * 100_000, 0, "not valid JSON"),
        (KINDS[1], b'[{"ref": "' + b"x" * 200_000, 0, "not valid JSON"),
        (KINDS[2], b'ida\n5\n"6\n', 1, "not valid CSV"),
        (KINDS[2], b"ida\n5\n" + b'"' + b"6\n" * LONGEST, 1, "not valid CSV"),
        (KINDS[0], b'{"ida": 1}\n\xff\n', 1, "not UTF-8 (byte 11)"),
    ],
)
def test_an_error_in_a_body_is_a_problem_after_the_records_before_it(
    kind: str, body: bytes, records: int, said: str
) -> None:
    reader = reader_of(kind)
    found = [record for start in range(0, len(body), 11) for record in reader.feed(body[start : start + 11])]
    found += reader.feed(b"", last=True)
    assert len(found) == records
    assert reader.problem is not None
    assert said in reader.problem.message


def test_a_line_that_is_too_long_is_one_error_and_the_next_line_is_read() -> None:
    reader = reader_of(KINDS[0])
    body = b'{"ida": 1}\n' + b"x" * (3 * LONGEST) + b'\n{"ida": 2}\n'
    found = [record for start in range(0, len(body), 9_999) for record in reader.feed(body[start : start + 9_999])]
    assert [type(each) for each in found] == [dict, Unusable, dict]
    assert reader.problem is None


def test_the_first_answers_arrive_before_the_body_ends(client: httpx.Client) -> None:
    address = urlsplit(str(client.base_url))
    line = json.dumps(RECORD).encode() + b"\n"
    head = (
        f"POST /students/batch?reasons=false HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    with socket.create_connection((str(address.hostname), address.port), timeout=20) as wire:
        wire.sendall(head + chunk(line * 2))
        early = read_until(wire, b'"line":2')
        assert early.startswith(b"HTTP/1.1 200")
        wire.sendall(chunk(line + b'{"ida": 11}\n' + b"\xff") + b"0\r\n\r\n")
        late = read_until(wire, b"0\r\n\r\n")
    answers = [json.loads(each) for each in (early + late).split(b"\r\n\r\n", 1)[1].split(b"\n") if each[:1] == b"{"]
    assert [each["line"] for each in answers] == [1, 2, 3, 4, 5]
    assert answers[0]["lagging"]["chance"] == pytest.approx(
        client.get("/students/RA-2/risk").json()["lagging"]["chance"]
    )
    assert answers[3]["error"].startswith("ida: ")
    assert answers[4]["error"].startswith("the body is not UTF-8 (byte ")


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def read_until(wire: socket.socket, mark: bytes) -> bytes:
    found = b""
    while mark not in found:
        received = wire.recv(65_536)
        assert received, found
        found += received
    return found


class Sender:
    """Sends a request whose parts are made when they are read."""

    def __init__(self, parts: int, part: bytes) -> None:
        self.parts, self.part, self.taken = parts, part, 0

    async def receive(self) -> dict[str, Any]:
        self.taken += 1
        return {"type": "http.request", "body": self.part, "more_body": self.taken < self.parts}

    def request(self) -> Request:
        return Request({"type": "http", "method": "POST", "headers": []}, self.receive)


def count_line(records: list[Any], start: int) -> bytes:
    return f"{start + len(records)}\n".encode()


@in_a_loop
async def test_a_large_body_needs_little_memory() -> None:
    sender = Sender(1_500, b'{"lag": 0}' + b" " * 30_000 + b"\n")  # 45 MB
    tracemalloc.start()
    try:
        async for part in streams._parts(sender.request(), reader_of(KINDS[0]), count_line):
            last = part
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert last == b"1500\n"
    assert peak < 6_000_000


@in_a_loop
async def test_a_client_that_reads_nothing_until_it_has_sent_all_is_answered() -> None:
    sender = Sender(300, b'{"lag": 0}\n' * 1_000)  # 3.3 MB
    parts = streams._parts(sender.request(), reader_of(KINDS[0]), count_line)
    await anext(parts)
    for _ in range(2_000):
        await asyncio.sleep(0)
    assert sender.taken == 300
    assert [part async for part in parts][-1] == b"300000\n"


@in_a_loop
async def test_a_spool_returns_bytes_in_order_and_ends_with_the_error() -> None:
    spool, draw = Spool(), random.Random(1)
    data = [draw.randbytes(draw.randint(1, 90_000)) for _ in range(40)]

    async def write() -> None:
        for each in data:
            spool.put(each)
            if draw.random() < 0.5:
                await asyncio.sleep(0)
        spool.finish(RequestError("cut off."))

    async def read(parts: AsyncIterator[bytes]) -> bytes:
        found = b""
        try:
            async for each in parts:
                found += each
        except RequestError as error:
            return found + error.message.encode()
        return found

    found, _ = await asyncio.gather(read(spool.parts()), write())
    assert sum(map(len, data)) > 4 * MEMORY
    assert found == b"".join(data) + b"cut off."
    spool.close()
