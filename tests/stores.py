"""Roots for releases to be tested on: a folder, and a bucket of a real S3 server over HTTP.

The server is moto's, started here; with PAUTA_TEST_S3_ENDPOINT set it is the one at that address, and AWS_ACCESS_KEY_ID
and AWS_SECRET_ACCESS_KEY are its credentials.
"""

import logging
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

BUCKET = "pauta-tests"


def _one_at_a_time(app: Any) -> Any:
    """Moto checks a condition and then writes, without a lock of its own; real stores do both in one step."""
    lock = threading.Lock()

    def serial(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with lock:
            return [b"".join(app(environ, start_response))]

    return serial


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Address of a running S3 server."""
    if given := os.environ.get("PAUTA_TEST_S3_ENDPOINT"):
        yield given
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = _one_at_a_time(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def s3_root(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new prefix in a bucket; the environment leads to the server, also in child processes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", os.environ.get("AWS_ACCESS_KEY_ID", "testing"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", os.environ.get("AWS_SECRET_ACCESS_KEY", "testing-secret"))
    client = boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1")
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)
    client.close()
    return f"s3://{BUCKET}/{secrets.token_hex(6)}/models/news"


@pytest.fixture(params=["folder", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A root that holds nothing yet, on each kind of storage."""
    if request.param == "folder":
        return str(tmp_path / "models" / "news")
    return str(request.getfixturevalue("s3_root"))
