"""A local server that answers as Google Drive does: the file, its warning page, its quota page, a broken connection."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

WARNING = (  # on one line, as Drive writes it
    "<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title></head><body>"
    '<form id="download-form" action="https://drive.usercontent.google.com/download" method="get">'
    '<input type="hidden" name="id" value="{id}"><input type="hidden" name="export" value="download">'
    '<input type="hidden" name="confirm" value="t"></form></body></html>'
)
QUOTA = """<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head><body>
<p class="uc-error-caption">Sorry, you can't view or download this file at this time.</p>
<p class="uc-error-subcaption">Too many users have viewed or downloaded this file recently. Please try later.</p>
</body></html>"""
QUOTA_PT = """<!DOCTYPE html><html><head><title>Google Drive - Cota excedida</title></head><body>
<p class="uc-error-caption">Não é possível visualizar ou fazer o download deste arquivo agora.</p>
<p class="uc-error-subcaption">Muitos usuários fizeram o download deste arquivo recentemente. Tente mais tarde.</p>
</body></html>"""
SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in - Google Accounts</title></head><body>Sign in</body></html>"


class Drive:
    """What the server does, to be set by a test, and what it was asked.

    Attributes:
        mode: file, confirm, quota, quota_pt, sign_in or unavailable.
        content: the file's bytes.
        breaks: how many answers to break off in the middle.
        ranges: the Range header of every request for the file's bytes, "" where there was none.
    """

    def __init__(self) -> None:
        self.mode, self.content, self.breaks = "file", b"", 0
        self.ranges: list[str] = []
        self.address = ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, drive: Drive) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.drive = drive

    def handle_error(self, *_: Any) -> None:
        """A client that goes away in the middle is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    @property
    def drive(self) -> Drive:
        return self.server.drive

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        file_id = parse_qs(address.query)["id"][0]
        confirmed = address.path == "/download"
        if self.drive.mode == "file" or (self.drive.mode == "confirm" and confirmed):
            self._file()
        elif self.drive.mode == "unavailable":
            self._page("Service unavailable", 503, attachment=True)
        else:
            pages = {"confirm": WARNING.format(id=file_id), "quota": QUOTA, "quota_pt": QUOTA_PT, "sign_in": SIGN_IN}
            self._page(pages[self.drive.mode], 200)

    def _page(self, text: str, status: int, *, attachment: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if attachment:
            self.send_header("Content-Disposition", "attachment")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def _file(self) -> None:
        wanted = self.headers.get("Range", "")
        self.drive.ranges.append(wanted)
        start = int(re.findall(r"bytes=(\d+)-", wanted)[0]) if wanted else 0
        body, total = self.drive.content[start:], len(self.drive.content)
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Disposition", 'attachment; filename="dados.zip"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.drive.breaks:
            self.drive.breaks -= 1
            body, self.close_connection = body[: len(body) // 2], True
        self.wfile.write(body)


@contextmanager
def drive_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    """Start the server and send every request for a Google host to it; gdown itself runs as it is."""
    drive = Drive()
    server = _Server(drive)
    drive.address = f"http://127.0.0.1:{server.server_port}"
    send = requests.adapters.HTTPAdapter.send

    def redirected(self: Any, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        assert str(parts.hostname).endswith(".google.com")
        request.url = f"{drive.address}{parts.path}?{parts.query}"
        return send(self, request, **{**kwargs, "proxies": {}})

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", redirected)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield drive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
