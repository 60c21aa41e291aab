"""``make bench-event``: processor time of a posted event by stage, with 64 senders that wait, and in batches of 1,000.

One process of the API answers over HTTP, with its log in SQLite or PostgreSQL. ``ARGS="--base folder"`` also measures
another checkout, such as the previous version: blocks of requests alternate between both. A figure is the processor
time of the process's threads per event, the lower quartile over the blocks, so other programs hardly affect it. Clocks
around the stages also cost time, so the sums come from blocks without clocks, which alternate with the others.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from tests.benchmarks.event_clock import REST, STAGES
from tests.benchmarks.event_senders import send_all
from tests.benchmarks.made_site import environment
from tests.benchmarks.servers import PATIENCE_SECONDS, free_port
from tests.servers import postgresql

ROOT = Path(__file__).parents[2]
SENDERS, BATCH = 64, 1_000
SHAPES = {"single": (SENDERS, 1), "batches": (2, BATCH)}  # connections, events of a request
LOOP, LOG, OTHER = "sum of the event loop", "sum of the log's thread", "sum of other threads"
RATE = "events a second"


@dataclass(frozen=True)
class Api:
    """A process of the API: its port and its id."""

    port: int
    pid: int

    def call(self, what: str) -> Any:
        """Send a command to the worker, see ``event_clock``."""
        return httpx.post(f"http://127.0.0.1:{self.port}/clock/{what}", timeout=60).raise_for_status().json()


def main() -> int:
    """Measure, print a table for each database and write all as JSON."""
    parser = argparse.ArgumentParser(prog="make bench-event", description=__doc__)
    parser.add_argument("--base", type=Path, help="another checkout, such as the previous version")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--events", type=int, default=6_000, help="of a block")
    parser.add_argument("--database", choices=("SQLite", "PostgreSQL"), help="one of them (default: both)")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/event.json"))
    args = parser.parse_args()
    found: dict[str, Any] = {}
    checkouts = {"before": args.base.resolve(), "now": ROOT} if args.base else {"now": ROOT}
    for database in [args.database] if args.database else ["SQLite", "PostgreSQL"]:
        with tempfile.TemporaryDirectory(prefix="pauta-event-") as work, ExitStack() as stack:
            apis = {name: stack.enter_context(_api(at, Path(work) / name, database)) for name, at in checkouts.items()}
            found[database] = _rounds(apis, args.rounds, args.events)
        print(f"\n{database}\n{table(found[database])}", flush=True)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(found, indent=2))
    return 0


def _rounds(apis: dict[str, Api], rounds: int, events: int) -> dict[str, dict[str, float]]:
    """Microseconds of each stage, by shape and version."""
    blocks: dict[str, list[dict[str, float]]] = {}
    for turn in range(rounds + 1):  # the first turn is a warm-up
        for shape, (connections, together) in SHAPES.items():
            for name, api in apis.items():
                api.call("off")
                plain = _block(api, f"{turn}-{shape}-plain", connections, together, events)
                api.call("on")
                clocked = _block(api, f"{turn}-{shape}-clocked", connections, together, events)
                if turn:
                    blocks.setdefault(f"{shape} {name}", []).append({**clocked, **plain})
    found = {name: {stage: _low(stage, each) for stage in each[0]} for name, each in blocks.items()}
    for stages in found.values():
        for kind, rest in REST.items():
            stages[rest] -= sum({name: stages.get(name, 0.0) for name, of, *_ in STAGES if of == kind}.values())
    return found


def _low(stage: str, blocks: list[dict[str, float]]) -> float:
    figures = [block.get(stage, 0.0) for block in blocks]
    if len(figures) < 2:
        return figures[0]
    return quantiles(figures, n=4)[2 if stage == RATE else 0]


def _block(api: Api, name: str, connections: int, together: int, events: int) -> dict[str, float]:
    """Processor time per event, in microseconds, and events per second."""
    log = str(api.call("threads")["event-log"])
    before, started = _threads(api.pid, log), time.perf_counter()
    count = send_all(api.port, name, connections, together, max(events, 10 * together))
    seconds = time.perf_counter() - started
    after, stages = _threads(api.pid, log), api.call("read")
    spent = {kind: after[kind] - before.get(kind, 0) for kind in after}
    per_event = {stage: ns / count / 1000 for stage, ns in stages.items()}
    if stages:
        return per_event | {REST[kind]: spent[kind] / count / 1000 for kind in REST}
    sums = {label: spent[kind] / count / 1000 for label, kind in ((LOOP, "loop"), (LOG, "log"), (OTHER, "other"))}
    return {**sums, "sum": sum(sums.values()), RATE: count / seconds}


def _threads(pid: int, log: str) -> dict[str, int]:
    """Nanoseconds that a process's threads have run: the event loop's, the log's, and all others."""
    found = {"loop": 0, "log": 0, "other": 0}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            ran = int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
        kind = "loop" if task.name == str(pid) else "log" if task.name == log else "other"
        found[kind] += ran
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    """Microseconds by stage, one column for each shape and version."""
    stages = [name for name, *_ in STAGES] + [*REST.values(), LOOP, LOG, OTHER, "sum", RATE]
    lines = [f"{'µs of an event':<44}" + "".join(f"{name:>16}" for name in found)]
    for stage in dict.fromkeys(stages):
        if any(each.get(stage, 0) for each in found.values()):
            lines.append(f"{stage:<44}" + "".join(f"{each.get(stage, 0):>16.1f}" for each in found.values()))
    return "\n".join(lines)


@contextmanager
def _api(checkout: Path, work: Path, database: str) -> Iterator[Api]:
    """The service of one version, with its own site."""
    work.mkdir(parents=True)
    with ExitStack() as stack:
        env = {name: value for name, value in environment(work).items() if name not in ("PYTHONPATH",)}
        if database == "PostgreSQL":
            (work / "database").mkdir()
            env["PAUTA_EVENTS_URI"] = stack.enter_context(postgresql(work / "database"))
        port = free_port()
        env |= {"PYTHONPATH": str(checkout), "PAUTA_USE_CASES": "news", "PAUTA_LOG_LEVEL": "warning"}
        script = Path(__file__).with_name("event_clock.py")
        process = subprocess.Popen([sys.executable, str(script), "--port", str(port)], cwd=checkout, env=env)
        try:
            _wait(port)
            yield Api(port, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/ready", timeout=20).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the API did not become ready in time")


if __name__ == "__main__":
    sys.exit(main())
