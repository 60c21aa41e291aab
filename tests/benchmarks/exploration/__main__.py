"""``make bench-exploration``: what is estimated from drawn lists, beside what is known, on real and made clicks."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from pipelines.commands.replay import day_window
from pipelines.news.replay.sources import from_clicks
from script_shared.exploration.randomization import Randomization
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.benchmarks.exploration.repeated import Runs
from tests.benchmarks.exploration.replayed import Replayed, replay
from tests.benchmarks.exploration.simulated import planted
from tests.benchmarks.ranking import CLICKS, DAY
from tests.benchmarks.scale import machine

SETTINGS = {  # names of what is drawn
    "all places of every list": Randomization(1.0, 10, 4, 10.0),
    "4 last places of every list": Randomization(1.0, 4, 4, 3.0),
    "4 last places of a tenth of the lists": Randomization(0.1, 4, 2, 3.0),
}
SIMULATED_LISTS = 400


def main() -> int:
    """Replay once, or read an earlier replay; then draw lists again and again, and print the figures."""
    args = _arguments()
    kept = args.output / "replayed.npz"
    if not kept.is_file():
        if not args.clicks.is_file():
            print(f"{args.clicks} is missing: give --clicks, or set PAUTA_REAL_DATA.", file=sys.stderr)
            return 1
        _replay(args, kept)
    facts: dict[str, Any] = {"machine": machine(), "runs": args.runs, "users_of_a_run": args.users}
    replayed = Replayed.load(kept)
    facts |= {"clicks": len(replayed.user), "users": len(set(replayed.user.tolist()))}
    with threadpool_limits(1):
        for name, how in SETTINGS.items():
            begin = time.monotonic()
            facts[name] = Runs(replayed, how).figures(args.users, args.runs, 21)
            facts[name]["planted"] = planted(how, SIMULATED_LISTS, 10 * args.runs)
            print(f"{name}: {time.monotonic() - begin:,.0f} s", file=sys.stderr, flush=True)
    text = json.dumps(facts, indent=2)
    (args.output / "exploration.json").write_text(text, encoding="utf-8")
    print(text)
    return 0


def _replay(args: argparse.Namespace, path: Path) -> None:
    window, begin = day_window(args.test_day, args.share, 1), time.monotonic()
    stream = from_clicks(args.clicks, window.end_ms)
    with threadpool_limits(1):
        replayed, facts = replay(
            stream,
            load_params(NewsParams, FILE, args.set),
            window,
            lambda line: print(f"[{time.monotonic() - begin:,.0f} s] {line}", file=sys.stderr, flush=True),
        )
    replayed.save(path)
    (path.parent / "replay.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-exploration", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--test-day", default=DAY, help="YYYY-MM-DD")
    parser.add_argument("--share", type=float, default=0.12, help="share of the users that take part, drawn by seed")
    parser.add_argument("--users", type=int, default=1_000, help="users of a run (default: 1000)")
    parser.add_argument("--runs", type=int, default=200, help="runs of each setting (default: 200)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="set one value of the params")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/exploration"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
