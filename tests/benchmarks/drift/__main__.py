"""``make bench-drift``: false alarms and power of drift on real clicks, for reads and for the answers of releases."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from tests.benchmarks.drift import floors, scenarios
from tests.benchmarks.drift.answers import RELEASE, replay
from tests.benchmarks.installation import Installation
from tests.benchmarks.operations import PARAMS, prepared
from tests.benchmarks.ranking import CLICKS
from tests.benchmarks.scale import machine

MADE_WINDOWS, MADE_SHIFTS = (4, 7, 12), (0.0, 1.0, 1.5)


def main() -> int:
    """Compare the floors on all clicks; replay a share of the users once and compare the answers; print the figures."""
    args = _arguments()
    if not args.clicks.is_file():
        print(f"{args.clicks} is missing: give --clicks, or set PAUTA_REAL_DATA.", file=sys.stderr)
        return 1
    begin = time.monotonic()
    with threadpool_limits(1):
        facts: dict[str, Any] = {"machine": machine(), "reads": of_reads(args.clicks), "made": of_made(args.runs)}
        kept = args.work / "answers.parquet"
        if not kept.is_file():
            _replay(args, kept, begin)
        rows = pl.read_parquet(kept)
        facts["requests"] = rows.filter(pl.col("model") == RELEASE).height
        for name, of in (("answers", scenarios.of_answers), ("served", scenarios.of_served)):
            facts[name] = {planted: asdict(found) for planted, found in of(rows).items()}
    text = json.dumps(facts, indent=1)
    (args.work / "drift.json").write_text(text, encoding="utf-8")
    print(text)
    return 0


def of_reads(clicks: Path) -> dict[str, Any]:
    """By what was planted, and by floor: windows with a notable and with a large column."""
    tallies = {name: floors.Tally() for name in ("nothing", *floors.PLANTED)}
    draw = np.random.default_rng(1)
    for case in floors.cases(floors.reads(clicks)):
        for name, tally in tallies.items():
            planted = case if name == "nothing" else floors.planted(case, name)
            tally.add(floors.levels(planted, draw))
    return {name: asdict(tally) for name, tally in tallies.items()}


def of_made(runs: int) -> dict[str, dict[str, float]]:
    """By number of windows and shift, and by floor: the share of generated days above the floor."""
    return {
        f"{windows} windows, shift {shift:g}": floors.of_made_days(windows, shift, runs)
        for windows in MADE_WINDOWS
        for shift in MADE_SHIFTS
    }


def _replay(args: argparse.Namespace, kept: Path, begin: float) -> None:
    place = prepared(Installation(args.work, {"PAUTA_CLOCK": "data"}), PARAMS)
    say = lambda line: print(f"[{time.monotonic() - begin:,.0f} s] {line}", file=sys.stderr, flush=True)  # noqa: E731
    replay(place, args.clicks, args.share, args.every, say).write_parquet(kept)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-drift", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--share", type=float, default=0.03, help="share of the users whose answers are compared")
    parser.add_argument("--every", type=int, default=6, help="how many clicks apart the requests are")
    parser.add_argument("--runs", type=int, default=500, help="generated days of each kind")
    parser.add_argument("--work", type=Path, default=Path(".pauta/drift"), help="folder that keeps the replay")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
