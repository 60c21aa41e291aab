"""A Qdrant server for tests: the part of its HTTP interface that is used, over Qdrant's engine in process."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.script_shared.recruiting.index.edge import EdgeCollection


class QdrantDouble:
    """Collections and aliases; one request at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.collections: dict[str, EdgeCollection] = {}
        self.aliases: dict[str, str] = {}
        self.keys: set[str | None] = set()
        self.lock = threading.Lock()

    def answer(self, method: str, path: str, body: Any) -> Any:
        """The result, None for 404."""
        parts = path.partition("?")[0].strip("/").split("/")[1:]
        if not parts:
            return {"collections": [{"name": name} for name in self.collections]}
        if parts == ["aliases"]:
            made = body["actions"][0]["create_alias"]
            self.aliases[made["alias_name"]] = made["collection_name"]
            return True
        if method == "PUT" and len(parts) == 1:
            self.collections[parts[0]] = EdgeCollection(self.folder / parts[0], body["vectors"]["size"])
            return True
        name = self.aliases.get(parts[0], parts[0])
        if name not in self.collections:
            return None
        if method == "DELETE":
            del self.collections[name]
            self.aliases = {alias: own for alias, own in self.aliases.items() if own != name}
            return True
        return {"status": "green"} if len(parts) == 1 else self._points(self.collections[name], parts[2:], method, body)

    def _points(self, shard: EdgeCollection, parts: list[str], method: str, body: Any) -> Any:
        must = [(each["key"], each["match"]["any"]) for each in body.get("filter", {}).get("must", ())]
        if parts == ["query"]:
            found = shard.query(body["query"], body["limit"], must)
            return {"points": [{"payload": payload, "score": score} for payload, score in found]}
        if parts == ["count"]:
            return {"count": shard.count(must)}
        if parts == ["delete"]:
            shard.delete(body["points"])
            return True
        if method == "PUT":
            shard.upsert(body["points"])
            return True
        return [{"id": name, "vector": vector} for name, vector in shard.retrieve(body["ids"])]


@contextmanager
def qdrant_server(folder: Path) -> Iterator[tuple[str, QdrantDouble]]:
    """Its address and its content."""
    double = QdrantDouble(folder)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with double.lock:
                double.keys.add(self.headers.get("api-key"))
                result = double.answer(self.command, self.path, json.loads(body or b"{}"))
            content = json.dumps({"result": result}).encode()
            self.send_response(404 if result is None else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", double
    finally:
        server.shutdown()
        server.server_close()
