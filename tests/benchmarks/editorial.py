"""``make bench-editorial``: 100 articles are taken down under load, and what 1,000 rules cost a list."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.made_site import environment, plan
from tests.benchmarks.rule_time import rule_times
from tests.benchmarks.scale import machine
from tests.benchmarks.servers import TOKEN, api
from tests.benchmarks.takedowns import take_down_under_load

BARS = {"answers with a taken-down article after a second": 0, "share of a list's time for 1,000 rules": 0.05}


def main() -> int:
    """Run the benchmark, print its table and write it as JSON."""
    args = _arguments()
    result: dict[str, Any] = {"machine": machine(), "rate": args.rate}
    with tempfile.TemporaryDirectory(prefix="pauta-editorial-") as work:
        if not args.no_time:
            result["time"] = rule_times(Path(work))
        if args.takedowns:
            result["takedowns"] = _taken_down(Path(work), args)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(result, indent=2))
    print(table(result))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-editorial", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/editorial.json"))
    parser.add_argument("--workers", type=int, default=2, help="processes that answer")
    parser.add_argument("--rate", type=float, default=200.0, help="requests per second")
    parser.add_argument(
        "--takedowns", type=int, default=100, help="articles that are taken down; 0 leaves this part out"
    )
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two of them")
    parser.add_argument("--no-time", action="store_true", help="leave out the time of a list with 1,000 rules")
    return parser.parse_args()


def _taken_down(work: Path, args: argparse.Namespace) -> dict[str, Any]:
    with api(environment(work), args.workers) as server:
        server.settle()
        _say(f"{args.takedowns} articles are taken down at {args.rate:g} requests per second ...")
        planned = plan(5_000)
        return asyncio.run(take_down_under_load(server.port, planned, args.rate, TOKEN, args.takedowns, args.pause))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def table(result: dict[str, Any]) -> str:
    """For people."""
    lines = [f"\n{result['machine']}"]
    if found := result.get("takedowns"):
        lines.append(
            f"{found['takedowns']} takedowns (median {found['post_ms']} ms) at {result['rate']:g} requests per second"
            f" ({found['requests']:,} answers, {found['per_second']} per second,"
            f" {found['failed']} failed {found['failures'] or ''}):"
            f" {found['late']} answers to requests sent a second or more after a takedown's answer held its article."
            f" {found['held']} articles were in an answer to a later request at all, the last"
            f" {found['last_seen_ms']:.0f} ms after (median {found['median_seen_ms']:.0f} ms)"
        )
    for name, row in result.get("time", {}).items():
        lines.append(
            f"{name}: {row['plain_us']:.0f} µs without rules, {row['rules_us']:.0f} µs with {row['rules']}"
            f" ({100 * row['share']:+.1f} % of a list's time); prepared in {row['prepared_ms']:.1f} ms"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
