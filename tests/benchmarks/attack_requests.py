"""What strangers take with requests that have no end, come too slowly or cost much: attacks on a running API."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

import httpx
import psutil

HOST = "127.0.0.1"
GET = b"GET /recommendations HTTP/1.1\r\nHost: x\r\n"
DAY_MS = 86_400_000
ASKED = 40  # requests of an attack by cost
SILENT = 1_500


class Taken(NamedTuple):
    """An attack, what became of it, what it took, and what an honest user noticed meanwhile."""

    attack: str
    outcome: str
    seconds: float
    megabytes: float
    honest: str


class Honest:
    """A user who asks for a list every 20 ms in a thread."""

    def __init__(self, port: int) -> None:
        self._port, self._stop = port, threading.Event()
        self.took: list[float] = []
        self.failed = 0

    @contextlib.contextmanager
    def asking(self) -> Iterator["Honest"]:
        """Ask while the block runs."""
        thread = threading.Thread(target=self._ask)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _ask(self) -> None:
        while not self._stop.wait(0.02):
            start, connection = time.perf_counter(), HTTPConnection(HOST, self._port, timeout=30)
            try:
                connection.request("GET", "/recommendations")
                failed = connection.getresponse().status != 200
            except (OSError, HTTPException):
                failed = True
            connection.close()
            self.failed += failed
            self.took.append(time.perf_counter() - start)

    def __str__(self) -> str:
        if not self.took:
            return "did not ask"
        took = sorted(1000 * seconds for seconds in self.took)
        return f"{self.failed} of {len(took)} failed, median {took[len(took) // 2]:.0f} ms, longest {took[-1]:.0f} ms"


def run(port: int, pid: int) -> list[Taken]:
    """Attack an API that nobody uses; one row for each attack."""
    base, headers = f"http://{HOST}:{port}", b"a: b\r\n" * 10_000
    ids = [f"nobody-{number}" for number in range(1_000)]
    narrow = "/recommendations?num_recs=100"
    attacks: list[tuple[str, Callable[[], str]]] = [
        ("`a: b` lines for ever (72 MB)", lambda: _endless(port, GET, headers, 1_200)),
        ("a header value of 100 MB", lambda: _endless(port, GET + b"a: ", b"x" * 100_000, 1_000)),
        ("an address of 100 MB", lambda: _endless(port, b"GET /", b"x" * 100_000, 1_000)),
        ("a body of 100 MB", lambda: _endless(port, _post(100_000_000), b"x" * 100_000, 1_000)),
        (f"{SILENT:,} silent connections", lambda: _silent(port)),
        ("100 heads, a byte a second", lambda: _slow(port)),
        ("`explain=1&num_recs=100`", lambda: _costly(base, pid, f"{narrow}&explain=1")),
        (
            "`min_diversity=1&explore=20&explain=1&num_recs=100`",
            lambda: _costly(base, pid, f"{narrow}&explain=1&min_diversity=1&explore=20"),
        ),
        ("a section that does not exist", lambda: _costly(base, pid, f"{narrow}&section=nowhere")),
        (
            "1,000 pages of history, 1,000 excluded",
            lambda: _costly(base, pid, narrow, {"history": ids, "exclude": ids}),
        ),
        ("11 events, each 24 h further ahead", lambda: _clock(base)),
    ]
    return [_taken(port, pid, name, attack) for name, attack in attacks]


def _taken(port: int, pid: int, name: str, attack: Callable[[], str]) -> Taken:
    process = psutil.Process(pid)
    before, start = process.memory_info().rss, time.perf_counter()
    with _most(process) as most, Honest(port).asking() as honest:
        outcome = attack()
    return Taken(name, outcome, time.perf_counter() - start, (max(most) - before) / 1e6, str(honest))


@contextlib.contextmanager
def _most(process: psutil.Process) -> Iterator[list[int]]:
    """The memory of a process, in bytes, looked at 50 times a second while the block runs."""
    found, stop = [process.memory_info().rss], threading.Event()

    def look() -> None:
        while not stop.wait(0.02):
            found.append(process.memory_info().rss)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


def _post(size: int) -> bytes:
    return (
        b"POST /recommendations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        % size
    )


def _endless(port: int, first: bytes, part: bytes, times: int) -> str:
    """Status of the answer, and how much was sent before the connection was closed."""
    sent, answer = 0, b""
    with socket.create_connection((HOST, port), 30) as client:
        with contextlib.suppress(OSError):
            for content in [first, *[part] * times]:
                client.sendall(content)
                sent += len(content)
        with contextlib.suppress(OSError):
            answer = client.recv(100)
    status = answer.split(b" ")[1].decode() if answer.count(b" ") > 1 else "closed"
    return f"{status} after {sent / 1e6:.1f} MB"


def _silent(port: int) -> str:
    """How many of the connections are still open while the honest user asks for two seconds."""
    connections: list[socket.socket] = []
    with contextlib.suppress(OSError):
        connections.extend(socket.create_connection((HOST, port), 5) for _ in range(SILENT))
    time.sleep(2)
    left = sum(not _closed(client) for client in connections)
    for client in connections:
        client.close()
    return f"{left:,} of {len(connections):,} open"


def _slow(port: int) -> str:
    """After how many seconds the last of the connections was closed or answered."""
    connections = [socket.create_connection((HOST, port), 5) for _ in range(100)]
    start = time.perf_counter()
    for client in connections:
        client.sendall(GET + b"a: ")
    while connections and time.perf_counter() - start < 60:
        for client in connections:
            with contextlib.suppress(OSError):
                client.sendall(b"x")
        time.sleep(1)
        connections = [client for client in connections if not _closed(client)]
    return f"all ended after {time.perf_counter() - start:.0f} s"


def _closed(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1000) != b"never"  # an answer, or the end
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        client.setblocking(True)


def _costly(base: str, pid: int, path: str, body: dict[str, list[str]] | None = None) -> str:
    """Processor time of one such request, and of a plain list of 10, the honest user's share taken off neither."""
    plain = _cost(pid, lambda client: client.get("/recommendations"), base)
    asked = _cost(
        pid,
        lambda client: client.get(path) if body is None else client.post("/recommendations", content=json.dumps(body)),
        base,
    )
    return f"{asked:.1f} ms of processor time each, a plain list {plain:.1f} ms"


def _cost(pid: int, ask: Callable[[httpx.Client], httpx.Response], base: str) -> float:
    process = psutil.Process(pid)
    with httpx.Client(base_url=base, timeout=60, headers={"Content-Type": "application/json"}) as client:
        ask(client).raise_for_status()
        before = sum(process.cpu_times()[:2])
        for _ in range(ASKED):
            ask(client)
        return 1000 * (sum(process.cpu_times()[:2]) - before) / ASKED


def _clock(base: str) -> str:
    """How far the clock went, and whether an honest event is still accepted."""
    with httpx.Client(base_url=base, timeout=30) as client:
        clock = client.get("/info").json()["clock"]["now"]
        page = client.get("/recommendations").json()["items"][0]["page"]
        statuses = []
        for turn in range(1, 12):
            ahead = {"event_id": f"ahead-{turn}-{time.time_ns()}", "page": page, "user_id": "ahead"}
            time_ms = round(_ms(clock) + turn * DAY_MS)
            statuses.append(client.post("/events", json={**ahead, "time": time_ms}).status_code)
        honest = client.post("/events", json={"event_id": f"honest-{time.time_ns()}", "page": page, "user_id": "me"})
        reasons = {item["reason"] for item in client.get("/recommendations").json()["items"]}
        moved = (_ms(client.get("/info").json()["clock"]["now"]) - _ms(clock)) / 3_600_000
    refused = sum(status != 200 for status in statuses)
    older = "older stories alone" if reasons == {"older story"} else "lists as before"
    return f"{refused} refused, clock moved {moved:.1f} h, honest event {honest.status_code}, {older}"


def _ms(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def table(rows: list[Taken]) -> str:
    """The rows as Markdown."""
    lines = ["| attack | outcome | seconds | MB taken | honest user meanwhile |", "|---|---|---|---|---|"]
    lines += [f"| {r.attack} | {r.outcome} | {r.seconds:.1f} | {r.megabytes:.0f} | {r.honest} |" for r in rows]
    return "\n".join(lines)
