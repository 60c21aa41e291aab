"""``make bench-ranking``: rolling replay of portal clicks, the ranker beside its peers, with 95 % intervals."""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from pipelines.commands.replay import day_window
from pipelines.news.evaluation.rolling import Result, Window, groups, run
from pipelines.news.replay.figures import GroupFigure, group_figures
from pipelines.news.replay.sources import from_clicks
from pipelines.news.replay.stream import Stream
from script_shared.arrays import IntArray
from script_shared.errors import InputError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.benchmarks.entrants import Contest, entrants
from tests.benchmarks.ranking_report import bars, gains_by_segment, markdown, plain

DAY = "2017-10-13"
CLICKS = Path(os.environ.get("PAUTA_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


def main() -> int:
    """Run the benchmark for every test day, print its tables and write them as markdown and JSON."""
    args = _arguments()
    if not args.clicks.is_file():
        print(f"{args.clicks} is not at hand: give --clicks, or set PAUTA_REAL_DATA.", file=sys.stderr)
        return 1
    params = load_params(NewsParams, FILE, args.set)
    for day in args.test_day or [DAY]:
        _day(day, args, params)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-ranking", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--test-day", action="append", help=f"YYYY-MM-DD, may be repeated (default: {DAY})")
    parser.add_argument("--share", type=float, default=0.12, help="share of the users evaluated, drawn by seed")
    parser.add_argument("--peer-share", type=float, default=1.0, help="share of those whose clicks the peers are asked")
    parser.add_argument("--resamples", type=int, default=500, help="of readers, for the intervals")
    parser.add_argument("--refit-minutes", type=float, default=15.0, help="pause between two fits of a peer")
    parser.add_argument("--no-peers", action="store_true", help="leave out the peers that are fitted")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/ranking"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="set one value of the params")
    return parser.parse_args()


def _day(day: str, args: argparse.Namespace, params: NewsParams) -> None:
    window, say = day_window(day, args.share, args.resamples), _told(day)
    stream = from_clicks(args.clicks, window.end_ms)
    if not len(stream.between(window.start_ms, window.end_ms)):
        raise InputError(f"{args.clicks} has no click on {day}.", fix="Give another --test-day.")
    sample = _sample(stream, args.peer_share, window.seed)
    peers = {} if args.no_peers else entrants(args.refit_minutes)
    contest = Contest(peers, lambda place: bool(sample[stream.user[place]]))
    with threadpool_limits(1):
        result = run(stream, params, window, peers=contest.peers(), say=say)
    rows = _figures(result, stream, window, sample, set(contest.entrants))
    facts = _facts(result, rows, stream, window, contest)
    _write(args.output / day, f"Ranking on {day}", facts, rows, result)
    say(f"written to {args.output / day}")


def _told(day: str) -> Callable[[str], None]:
    begin = time.monotonic()
    return lambda line: print(f"[{day}, {time.monotonic() - begin:,.0f} s] {line}", file=sys.stderr, flush=True)


def _sample(stream: Stream, share: float, seed: int) -> IntArray:
    """bool (users): whether the peers are evaluated on the user's clicks."""
    drawn: IntArray = np.random.default_rng(seed + 1).random(len(stream.user_ids)) < share
    return drawn


def _figures(
    result: Result, stream: Stream, window: Window, sample: IntArray, peers: Collection[str]
) -> list[GroupFigure]:
    """The run's own figures; those of peers evaluated on a share of the users, beside all others on that share."""
    asked = sample[stream.user[result.places]]
    if asked.all():
        return result.figures
    users = stream.user[result.places][asked]
    members = groups(stream, result.places[asked])
    names = {f"{name}, share of the peers": of for name, of in members.items()}
    ranks = {name: of[asked] for name, of in result.ranks.items()}
    part = group_figures(ranks, users, names, window.resamples, window.seed)
    return [row for row in result.figures if row.model not in peers] + part


def _facts(result: Result, rows: list[GroupFigure], stream: Stream, window: Window, contest: Contest) -> dict[str, Any]:
    users, member = stream.user[result.places], groups(stream, result.places)
    return {
        "window": asdict(window),
        **result.facts,
        "machine": f"{os.cpu_count()} cores, {os.uname().machine}",
        "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "logins": "simulated",
        "bars": bars(rows),
        "gains": gains_by_segment(result, users, member, window.resamples, window.seed),
        "peers": contest.costs(),
    }


def _write(folder: Path, title: str, facts: dict[str, Any], rows: list[GroupFigure], result: Result) -> None:
    """The tables as markdown, on stdout too, all figures as JSON, and the ranker."""
    folder.mkdir(parents=True, exist_ok=True)
    text = markdown(title, facts, rows)
    print(text)
    (folder / "ranking.md").write_text(text, encoding="utf-8")
    whole = plain({**facts, "figures": [asdict(row) for row in rows]})
    (folder / "ranking.json").write_text(json.dumps(whole, indent=2, allow_nan=False), encoding="utf-8")
    if result.ranker is not None:
        result.ranker.save(folder / "ranker")


if __name__ == "__main__":
    sys.exit(main())
