"""``make bench-students-serving``: risks of students over HTTP at a constant rate, and reads of one student."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.addresses import sqlite_address
from script_shared.releases import Releases
from script_shared.students.database.feature_store import FeatureStore, StudentFeatures
from script_shared.students.model import StudentsModel
from tests.benchmarks.one_core import cpu_seconds, one_core, trained_release, wait_until_idle
from tests.benchmarks.scale import machine
from tests.benchmarks.schedule import Planned, send
from tests.benchmarks.servers import TOKEN, api
from tests.servers import postgresql

BAR_MS, BAR_READ_MS = 5.0, 1.0
READS = 2_000


def main() -> int:
    """Run the benchmark, print its table and write it as JSON."""
    args = _arguments()
    place: AbstractContextManager[Any] = (
        nullcontext(args.work) if args.work else tempfile.TemporaryDirectory(prefix="pauta-students-")
    )
    with place as work:
        env, model = _release(Path(work))
        result: dict[str, Any] = {"machine": machine(), "students": len(model.store), "rate": args.rate}
        for name, address in _databases(Path(work)):
            row = {"read_ms": _reads(model, address), **_served(env, address, model, args)}
            result[name] = row
            print(f"{name:<11} {json.dumps(row)}", flush=True)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(result, indent=2))
    print(f"\n{result['machine']}; {result['students']:,} students; bars: p99 {BAR_MS} ms, read {BAR_READ_MS} ms")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-students-serving", description=__doc__)
    parser.add_argument("--work", type=Path, help="folder of the release, made when it is empty and used again later")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/students_serving.json"))
    parser.add_argument("--rate", type=float, default=500.0, help="requests per second")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each load")
    return parser.parse_args()


def _release(work: Path) -> tuple[dict[str, str], StudentsModel]:
    """Settings of the API, and the release in service; generated and trained where there is none."""
    env = trained_release(work, "students")
    releases = Releases(str(work / "models" / "students"))
    current = releases.current()
    assert current is not None
    return env, StudentsModel.load(releases.fetch(current.version), current.version)


def _databases(work: Path) -> Iterator[tuple[str, str]]:
    """Each store by name with its address; "" for the release's own arrays."""
    yield "arrays", ""
    yield "sqlite", sqlite_address(work / "online.db")
    with tempfile.TemporaryDirectory(prefix="pauta-postgresql-") as folder, postgresql(Path(folder)) as address:
        yield "postgresql", address


def _reads(model: StudentsModel, address: str) -> dict[str, float]:
    """Milliseconds that one student takes out of the store."""
    ids = model.store.ids.ids.tolist()
    chosen = np.random.default_rng(1).choice(ids, READS)
    if not address:
        store = model.store
        return _timed(lambda ra: store.record(store.rows(store.student(ra))[-1]), chosen)
    online = FeatureStore(address)
    online.write(model.version, model.store)
    found = _timed(lambda ra: StudentFeatures.of(online.read(model.version, ra) or b""), chosen)
    online.close()
    return found


def _timed(read: Callable[[str], Any], ids: Any) -> dict[str, float]:
    took = []
    for ra in ids:
        start = time.perf_counter()
        read(str(ra))
        took.append(time.perf_counter() - start)
    return dict(zip(("p50", "p99"), (np.percentile(took, [50, 99]) * 1000).round(4).tolist(), strict=True))


def _served(env: dict[str, str], address: str, model: StudentsModel, args: argparse.Namespace) -> dict[str, Any]:
    ids = model.store.ids.ids.tolist()
    draw = np.random.default_rng(2)

    def plan(seconds: float) -> list[Planned]:
        return [("GET", f"/students/{ra}/risk", None) for ra in draw.choice(ids, int(args.rate * seconds))]

    own = {"PAUTA_STUDENTS_DATABASE_URI": address} if address else {}
    with api({**env, **own}, 1) as server, one_core(server.pid) as process:
        first = asyncio.run(send(server.port, plan(2), args.rate, TOKEN))  # reasons are still being computed
        wait_until_idle(process)
        floor = asyncio.run(send(server.port, [("GET", "/students/health", None)] * int(2 * args.rate), args.rate))
        before = cpu_seconds(process)
        sent = asyncio.run(send(server.port, plan(args.seconds), args.rate, TOKEN))
        cpu = (cpu_seconds(process) - before) / len(sent.took)
    return {
        **sent.percentiles(),
        "failed": sent.failed,
        "cpu_ms_per_request": round(1000 * cpu, 3),
        "first_seconds_p99": first.percentiles()["p99"],
        "health_p99": floor.percentiles()["p99"],
    }


if __name__ == "__main__":
    sys.exit(main())
