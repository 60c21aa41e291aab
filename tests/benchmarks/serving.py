"""``make bench-serving``: the API at full scale under mixed load, beside a library's ``recommend`` in its shell.

``ARGS="--base folder"`` measures another checkout, such as the previous version, in the same run.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.benchmarks import wrk
from tests.benchmarks.measure import tree_mb
from tests.benchmarks.one_core import cpu_seconds
from tests.benchmarks.scale import machine
from tests.benchmarks.schedule import send
from tests.benchmarks.servers import Server, api, library, promoter
from tests.benchmarks.site import Site, build
from tests.benchmarks.visible import seen_by_other, seen_by_same

BARS = {"p99 ms at 200/s": 10.0, "sustained per second": 800.0, "ready seconds": 5.0, "MB per process": 800.0}
BARS |= {"ready again seconds": 2.0}
BARS |= {"seen by same process": 0.0, "seen by other process s": 1.0, "seconds of doubled p99": 2.0}
TURNS = 3  # of wrk, of which the middle one counts: now and then one process accepts all connections of a burst


def main() -> int:
    """Run the benchmark, print its table and write it as JSON."""
    args = _arguments()
    if (message := wrk.missing()) and not args.no_wrk:
        print(message, file=sys.stderr)
        return 1
    place: AbstractContextManager[Any] = (
        nullcontext(args.work.absolute()) if args.work else tempfile.TemporaryDirectory(prefix="pauta-serving-")
    )
    with place as work:
        site = build(Path(work), args.set, _say)
        result: dict[str, Any] = {"machine": machine(), "rate": args.rate}
        for workers in args.workers or [1, 2]:
            for checkout in (args.base, None) if args.base else (None,):
                name = f"before, {workers} workers" if checkout else f"{workers} workers"
                result[name] = _served(site, workers, args, checkout)
        result["library"] = None if args.no_wrk else _library(site, args)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(result, indent=2))
    print(table(result))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-serving", description=__doc__)
    parser.add_argument(
        "--work", type=Path, help="folder of the site, made when it is empty and used again later (4 GB)"
    )
    parser.add_argument("--base", type=Path, help="another checkout, after `make install`: measured beside this one")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/serving.json"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another size: params")
    parser.add_argument("--workers", type=int, action="append", help="processes that answer (default: 1, then 2)")
    parser.add_argument("--rate", type=float, default=200.0, help="requests per second of the constant load")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each load")
    parser.add_argument("--connections", type=int, default=16, help="of wrk")
    parser.add_argument("--events", type=float, default=0.2, help="share of the requests that are POST /events")
    parser.add_argument("--no-wrk", action="store_true", help="leave out what needs wrk")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _served(site: Site, workers: int, args: argparse.Namespace, checkout: Path | None) -> dict[str, Any]:
    site.releases.promote(site.versions[0], "benchmark")
    first, again = _starts(site, workers, checkout)
    with api(site.env, workers, checkout=checkout) as server:
        server.settle()
        asyncio.run(send(server.port, site.plan(int(2 * args.rate), args.events, 1), args.rate))  # warm
        plan = site.plan(int(args.rate * args.seconds), args.events, 10 + workers)
        _say(f"{args.rate:g} requests per second ...")
        sent = asyncio.run(send(server.port, plan, args.rate))
        row: dict[str, Any] = {"ready_seconds": round(first, 2), "ready_again_seconds": round(again, 2)}
        row["constant"] = {**sent.percentiles(), "failed": sent.failed, "empty": sent.empty, "requests": len(sent.took)}
        row["seen_by_same"] = seen_by_same(server, site)
        row["seen_by_other_seconds"] = seen_by_other(server, site) if workers > 1 else None
        row["swap"] = _swap(site, server, args)
        if not args.no_wrk:
            row["most"] = _most(site, server, args, args.events)
            row["most_lists"] = _most(site, server, args, 0.0)
        row["mb_per_process"] = [round(tree_mb(pid)) for pid in server.processes()]
    return row


def _starts(site: Site, workers: int, checkout: Path | None) -> tuple[float, float]:
    """Seconds until the first list: of a process that folds the log, and of one that finds a kept live state."""
    shutil.rmtree(Path(site.env["PAUTA_CACHE_DIR"]) / "news/kept", ignore_errors=True)
    seconds = []
    for start in ("at first", "again"):
        with api(site.env, workers, checkout=checkout) as server:
            began = time.perf_counter()
            while httpx.get(f"{server.address}/recommendations", verify=False).status_code != HTTPStatus.OK:
                time.sleep(0.02)  # the process that got the request is not ready yet
            seconds.append(server.ready_seconds + time.perf_counter() - began)
            _say(f"{workers} workers: first list after {seconds[-1]:.1f} s {start}; folding the rest of the log ...")
            server.settle()  # then the server is stopped, and keeps its live state
    return seconds[0], seconds[1]


def _library(site: Site, args: argparse.Namespace) -> dict[str, Any]:
    folder = site.releases.fetch(site.versions[0])
    with library(site.env, folder) as server:
        return {"most_lists": _most(site, server, args, 0.0)}


def _most(site: Site, server: Server, args: argparse.Namespace, events: float) -> dict[str, Any]:
    _say(f"as many as it can, {100 * events:.0f} % events ...")
    runs = []
    processes = [psutil.Process(pid) for pid in server.processes()]
    cpu = -sum(map(cpu_seconds, processes))
    for turn in range(TURNS):
        with tempfile.TemporaryDirectory() as folder:
            plan, run = site.plan(20_000, events, 20 + turn), f"{server.port}-{turn}"
            seconds, connections = args.seconds / 2, args.connections
            runs.append(wrk.most(server.port, plan, Path(folder), seconds=seconds, connections=connections, run=run))
    runs.sort(key=lambda one: one["per_second"])
    sums = {name: sum(one[name] for one in runs) for name in ("failed", "empty")}
    cpu += sum(map(cpu_seconds, processes))
    sums["cpu_us"] = round(1e6 * cpu / sum(one["requests"] for one in runs))
    return {**runs[TURNS // 2], **sums, "runs": [one["per_second"] for one in runs]}


def _swap(site: Site, server: Server, args: argparse.Namespace) -> dict[str, Any]:
    """A load during which the other release is promoted at a third."""
    _say("another release is promoted under load ...")
    seconds = max(args.seconds, 18.0)
    plan = site.plan(int(args.rate * seconds), args.events, 30 + server.workers)
    third = int(seconds / 3)
    with promoter(site.releases.uri, site.versions[1]) as promote:
        timer = threading.Timer(third, promote)
        timer.start()
        sent = asyncio.run(send(server.port, plan, args.rate))
        timer.join()
    server.settle(site.versions[1])
    by_second = sent.p99_by_second()
    before = sorted(by_second[1:third])[(third - 1) // 2]
    return {
        "failed": sent.failed,
        "empty": sent.empty,
        "p99_before": round(before, 2),
        "p99_worst_second": round(max(by_second[third:]), 2),
        "seconds_of_doubled_p99": sum(value > 2 * before for value in by_second[third:]),
    }


def table(result: dict[str, Any]) -> str:
    """For people."""
    lines = [f"\n{result['machine']}; constant load of {result['rate']:g} requests per second\n"]
    for name, row in result.items():
        if not name.endswith("workers"):
            continue
        constant, swap, most = row["constant"], row["swap"], row.get("most")
        lines += [
            f"{name}: ready after {row['ready_seconds']} s (bar 5), ready again after"
            f" {row['ready_again_seconds']} s (bar 2), MB of memory {row['mb_per_process']}",
            f"  constant   p50 {constant['p50']} ms, p95 {constant['p95']} ms, p99 {constant['p99']} ms"
            f" (bar 10), failed {constant['failed']}, empty {constant['empty']}",
            f"  a click    same process: {row['seen_by_same']}, other process: {row['seen_by_other_seconds']} s",
            f"  swap       failed {swap['failed']}, p99 by second {swap['p99_before']} ms before, at worst"
            f" {swap['p99_worst_second']} ms, doubled for {swap['seconds_of_doubled_p99']} s (bar 2)",
        ]
        if most:
            lines.append(
                f"  as many as it can   {most['per_second']} per second (bar 800), p99 {most['p99']:.1f} ms,"
                f" failed {most['failed']}, empty {most['empty']}, runs {most['runs']};"
                f" lists alone {row['most_lists']['per_second']},"
                f" {row['most_lists']['cpu_us']} µs of processor each"
            )
    if result["library"]:
        alone, cpu_us = (result["library"]["most_lists"][name] for name in ("per_second", "cpu_us"))
        lines.append(f"library's recommend, one process: lists alone {alone} per second, {cpu_us} µs each")
        lines += [
            f"  {name}: {_ratios(row, alone, cpu_us)}" for name, row in result.items() if name.endswith("workers")
        ]
    return "\n".join(lines)


def _ratios(row: dict[str, Any], alone: float, cpu_us: float) -> str:
    """What the bars are about: multiples of what the library answers in one process, and of the p50."""
    lists, mixed, constant = row["most_lists"], row["most"], row["constant"]
    return (
        f"lists alone {lists['per_second'] / alone:.2f} times the library's (bar 2.5 for 1),"
        f" by processor time {cpu_us / lists['cpu_us']:.2f};"
        f" with events {mixed['per_second'] / alone:.2f} times (bar 3.4 for 2);"
        f" p99 {constant['p99'] / constant['p50']:.1f} times the p50 (bar 3)"
    )


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
