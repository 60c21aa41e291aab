"""The servers of a site: its pages, and an API that fails."""

import json
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler

PAGE = """<!doctype html><meta charset="utf-8"><title>Site</title><link rel="icon" href="data:,">
<script src="{api}/pauta.js" data-user="ana" data-region="sp" {consent} defer></script>
<article data-pauta-page="a1" data-pauta-position="0"><a href="/next.html">First</a></article>
<article data-pauta-page="a2" style="margin-top: 5000px"><a href="/next.html">Below</a></article>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Stumbling(BaseHTTPRequestHandler):
    """Takes posts of events, and answers with the server's present ``status``."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.status  # type: ignore[attr-defined]
        self.server.posts.extend((status, event) for event in json.loads(body))  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...
