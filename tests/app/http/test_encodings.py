"""Compressed bodies are read, bounded in what comes out of them, and refused with what to do."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator

import brotli
import httpx
import pytest

from script_shared.settings import Settings
from tests.app.http.test_errors import is_problem
from tests.app.news.routes.test_beacons import refused

EVENT = {"event_id": "e1", "user_id": "u", "page": "a20"}
LARGEST = Settings().http_body_bytes
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "identity": bytes,
}
SQUEEZED = [name for name in COMPRESS if name != "identity"]


def post(client: httpx.Client, content: bytes | Iterator[bytes], encoding: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return client.post("/events", content=content, headers=headers)


@pytest.mark.parametrize("encoding", [*COMPRESS, "GZIP", "identity, gzip"])
def test_a_compressed_body_is_read(common: httpx.Client, encoding: str) -> None:
    event = EVENT | {"event_id": encoding}
    compress = COMPRESS[encoding.lower().rpartition(" ")[2]]
    response = post(common, compress(json.dumps(event).encode()), encoding)
    assert response.json() == {"accepted": 1, "duplicates": 0}


@pytest.mark.parametrize("encoding", SQUEEZED)
def test_a_compressed_body_may_come_byte_by_byte(common: httpx.Client, encoding: str) -> None:
    content = COMPRESS[encoding](json.dumps(EVENT).encode())
    assert post(common, (content[at : at + 1] for at in range(len(content))), encoding).status_code == 200


@pytest.mark.parametrize("encoding", SQUEEZED)
def test_a_bomb_is_refused_and_counted_as_too_large(common: httpx.Client, encoding: str) -> None:
    before = refused(common)
    response = post(common, COMPRESS[encoding](b" " * 50_000_000), encoding)
    assert response.status_code == 413
    assert is_problem(response)
    assert "decompression" in response.json()["detail"]
    assert refused(common) - before == {"too_large": 1}


@pytest.mark.parametrize("encoding", SQUEEZED)
def test_exactly_the_largest_body_is_read(shared: httpx.Client, encoding: str) -> None:
    content = json.dumps(EVENT | {"device": []}).encode()
    padded = content + b" " * (LARGEST - len(content))
    assert post(shared, COMPRESS[encoding](padded), encoding).status_code == 422
    assert post(shared, COMPRESS[encoding](padded + b" "), encoding).status_code == 413


@pytest.mark.parametrize("encoding", ["zstd", "compress", "gzip, br", "gzip, gzip", "é"])
def test_an_encoding_that_is_not_read_is_415_and_says_what_to_do(common: httpx.Client, encoding: str) -> None:
    before = refused(common)
    headers = {b"Content-Type": b"application/json", b"Content-Encoding": encoding.encode()}
    response = common.post("/events", content=b"{}", headers=headers)
    assert response.status_code == 415
    assert is_problem(response)
    assert response.headers["Accept-Encoding"] == "gzip, deflate, br"
    assert "Send it plain" in response.json()["detail"]
    assert refused(common) - before == {"malformed": 1}


@pytest.mark.parametrize("encoding", SQUEEZED)
@pytest.mark.parametrize("damage", ["cut", "noise", "more"])
def test_damaged_data_is_refused_and_counted_as_malformed(common: httpx.Client, encoding: str, damage: str) -> None:
    before = refused(common)
    whole = COMPRESS[encoding](json.dumps(EVENT).encode())
    content = {"cut": whole[:-3], "noise": b"no compressed data", "more": whole + whole}[damage]
    response = post(common, content, encoding)
    assert response.status_code == 400
    assert is_problem(response)
    assert refused(common) - before == {"malformed": 1}


@pytest.mark.parametrize("route", ["/recommendations", "/predict"])
def test_every_route_with_a_body_reads_compressed_ones(shared: httpx.Client, route: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert shared.post(route, content=gzip.compress(b"{}"), headers=headers).status_code == 200
