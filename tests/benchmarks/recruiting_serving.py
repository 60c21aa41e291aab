"""``make bench-recruiting-serving``: candidates of vacancies over HTTP at a constant rate, on one core.

Meanwhile one process adds vacancies and candidates, and another is polled until it ranks them.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil

from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.ranking.release_folder import VACANCIES
from script_shared.recruiting.records import Vacancy
from script_shared.releases import Releases
from tests.benchmarks.one_core import cpu_seconds, one_core, trained_release, wait_until_idle
from tests.benchmarks.scale import machine
from tests.benchmarks.schedule import Planned, send
from tests.benchmarks.servers import TOKEN, Server, api

BAR_MS, BAR_SEEN_SECONDS = 20.0, 1.0
LONGEST_SECONDS = 30.0  # that a new record may take before the benchmark fails
NEW = {  # record, by kind, and the route that shows whether a process knows it
    "vacancies": (
        {"title": "Consultor SAP EWM Sênior", "skills_text": "SAP EWM; ABAP; SQL", "level": "Sênior"},
        "/recruiting/vacancies/{}/candidates",
    ),
    "candidates": (
        {"title": "Consultora SAP EWM", "cv_text": "SAP EWM e ABAP desde 2015", "level": "Pleno"},
        "/recruiting/candidates/{}/vacancies",
    ),
}
SIZES = {"generated.candidates": 50_000, "generated.vacancies": 10_000, "generated.applications": 50_000}


def main() -> int:
    """Run the benchmark, print its figures and write them as JSON."""
    args = _arguments()
    place: AbstractContextManager[Any] = (
        nullcontext(args.work) if args.work else tempfile.TemporaryDirectory(prefix="pauta-recruiting-")
    )
    with place as work:
        share = args.candidates / SIZES["generated.candidates"]
        options = [word for name, size in SIZES.items() for word in ("--set", f"{name}={int(share * size)}")]
        env = trained_release(Path(work), "recruiting", options)
        result = {"machine": machine(), "load": psutil.getloadavg()[0], "rate": args.rate, **_served(env, args)}
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))
    print(f"\nbars: p99 {BAR_MS} ms; a new record seen by the other process within {BAR_SEEN_SECONDS} s")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-recruiting-serving", description=__doc__)
    parser.add_argument(
        "--work", type=Path, help="folder of the release, which is made if it is empty and reused later"
    )
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/recruiting_serving.json"))
    parser.add_argument("--candidates", type=int, default=50_000, help="number in a release that is made")
    parser.add_argument("--rate", type=float, default=100.0, help="requests per second")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of the load")
    parser.add_argument("--posts", type=int, default=10, help="number of each kind to add meanwhile")
    return parser.parse_args()


def _served(env: dict[str, str], args: argparse.Namespace) -> dict[str, Any]:
    releases = Releases(f"{env['PAUTA_MODELS_URI']}/recruiting")
    current = releases.current()
    assert current is not None
    ids = People.load(Vacancy, releases.fetch(current.version) / VACANCIES).names()
    draw = np.random.default_rng(2)

    def plan(seconds: float) -> list[Planned]:
        chosen = draw.choice(ids, int(args.rate * seconds))
        return [("GET", f"/recruiting/vacancies/{vacancy}/candidates", None) for vacancy in chosen]

    with api(env, 1) as server, api(env, 1) as other, one_core(server.pid, [other.pid]) as process:
        wait_until_idle(process)
        asyncio.run(send(server.port, plan(2), args.rate, TOKEN))
        before = cpu_seconds(process)
        quiet = asyncio.run(send(server.port, plan(args.seconds), args.rate, TOKEN))
        cpu = (cpu_seconds(process) - before) / len(quiet.took)
        seen: dict[str, list[float]] = {}
        with _beside(lambda: seen.update({kind: _seen(server, other, kind, args.posts) for kind in NEW})):
            changed = asyncio.run(send(server.port, plan(args.seconds), args.rate, TOKEN))
        memory = process.memory_info().rss / 1e6
    return {
        "vacancies": len(ids),
        "reads": {**quiet.percentiles(), "failed": quiet.failed, "cpu_ms_per_request": round(1000 * cpu, 2)},
        "reads_beside_changes": {**changed.percentiles(), "failed": changed.failed},
        "seen_seconds": {
            kind: {"median": round(float(np.median(each)), 3), "max": round(max(each), 3), "posts": len(each)}
            for kind, each in seen.items()
        },
        "megabytes": round(memory),
    }


def _seen(writer: Server, reader: Server, kind: str, posts: int) -> list[float]:
    """Seconds from the answer to each added record until the other process ranks for it.

    The writer is the process under load, and follows the tables itself.
    """
    headers, (record, route), found = {"Authorization": f"Bearer {TOKEN}"}, NEW[kind], []
    with (
        httpx.Client(base_url=writer.address, headers=headers, timeout=30) as first,
        httpx.Client(base_url=reader.address, headers=headers, timeout=30) as second,
    ):
        for turn in range(posts):
            name = f"bench-{time.time_ns()}-{turn}"
            first.put(f"/recruiting/records/{kind}/{name}", json=record).raise_for_status()
            begin = time.perf_counter()
            while second.get(route.format(name)).status_code != 200:
                if time.perf_counter() - begin > LONGEST_SECONDS:
                    raise TimeoutError(f"{kind}: a new record is not seen after {LONGEST_SECONDS} s")
                time.sleep(0.01)
            found.append(time.perf_counter() - begin)
    return found


@contextmanager
def _beside(action: Callable[[], None]) -> Iterator[None]:
    """Run an action in a thread beside the block; returns when both have ended."""
    thread = threading.Thread(target=action)
    thread.start()
    try:
        yield
    finally:
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
