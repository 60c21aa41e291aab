"""``make bench-ranking``: rolling replay of portal clicks, the ranker beside its peers, with 95 % intervals by user."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from pipelines.replay.cli import day_window, report
from pipelines.replay.measure import rank_in
from pipelines.replay.replay import Case, Replay
from pipelines.replay.sources import from_clicks
from pipelines.replay.window import Peer, run
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.benchmarks.peers import AllTime, Past, Retrained, SessionNeighbours, most_read_now

DAY = "2017-10-13"
HOUR_MS = 3_600_000
BARS = {("all", "HR@10"): 0.64, ("all", "MRR@10"): 0.31, ("last", "HR@20"): 0.72, ("last", "NDCG@20"): 0.415}
CLICKS = Path(os.environ.get("PAUTA_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


def main() -> int:
    """Run the benchmark for every test day, print its tables and write them as JSON."""
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
    parser.add_argument("--share", type=float, default=0.12, help="share of the users asked about, drawn by seed")
    parser.add_argument("--resamples", type=int, default=500, help="of users, for the intervals")
    parser.add_argument("--refit-minutes", type=float, default=60.0, help="pause between two fits of a peer")
    parser.add_argument("--fit-hours", type=float, default=24.0, help="clicks that a peer is fitted on")
    parser.add_argument("--no-peers", action="store_true", help="leave out the peers that are fitted")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/ranking"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="set one value of the params")
    return parser.parse_args()


def _day(day: str, args: argparse.Namespace, params: NewsParams) -> None:
    window = day_window(day, args.share, args.resamples)
    stream = from_clicks(args.clicks, window.end_ms)
    peers = {} if args.no_peers else _peers(args)
    with threadpool_limits(1):
        result = run(stream, params, window, peers=peers, say=partial(print, f"[{day}]", file=sys.stderr))
    folder = args.output / day
    report(replace_facts(result, _bars(result), _machine()), window, folder)


def replace_facts(result: Any, *more: dict[str, Any]) -> Any:
    """The result with further facts."""
    facts = dict(result.facts)
    for part in more:
        facts |= part
    return replace(result, facts=facts)


def _bars(result: Any) -> dict[str, Any]:
    """The four bars, and for each segment whether the ranker beats what was read most in ten minutes."""
    value = {(row.model, row.group, row.measure): row.value for row in result.figures}
    bars = {f"{group} {name}": [round(value["LambdaRank", group, name], 4), bar] for (group, name), bar in BARS.items()}
    beaten = {
        group: round(value["LambdaRank", group, "NDCG@20"] - value["most read, 10m", group, "NDCG@20"], 4)
        for group in ("logged", "semi_logged", "anonymous")
    }
    return {"bars": bars, "gain_over_most_read_10m_ndcg20": beaten}


def _machine() -> dict[str, Any]:
    return {"machine": f"{os.cpu_count()} cores, {os.uname().machine}", "logins": "simulated"}


def _peers(args: argparse.Namespace) -> dict[str, Callable[[Replay], Peer]]:
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender

    every, hours = int(args.refit_minutes * 60_000), int(args.fit_hours * HOUR_MS)
    als = partial(AlternatingLeastSquares, factors=64, regularization=0.04, alpha=12.0, iterations=10, num_threads=1)
    makes = {
        f"implicit ALS, every {args.refit_minutes:g} min": (partial(als, random_state=7), {"recalculate_user": True}),
        f"implicit ItemKNN, every {args.refit_minutes:g} min": (partial(CosineRecommender, K=200, num_threads=1), {}),
    }

    def retrained(make: Callable[[], Any], options: dict[str, Any], replay: Replay) -> Peer:
        past = Past(replay.stream)
        peer = Retrained(past, make, options, every, hours)
        return lambda case: _rank(peer.recommend(case.place, most_read_now(case)), case, replay)

    def neighbours(replay: Replay) -> Peer:
        peer = SessionNeighbours(Past(replay.stream))
        return lambda case: _rank(peer.recommend(case.place, most_read_now(case)), case, replay)

    def all_time(replay: Replay) -> Peer:
        peer = AllTime(Past(replay.stream))
        return lambda case: _rank(peer.recommend(case.place), case, replay)

    made: dict[str, Callable[[Replay], Peer]] = {"most read, ever": all_time}
    made |= {name: partial(retrained, make, options) for name, (make, options) in makes.items()}
    return {**made, "V-SkNN, live": neighbours}


def _rank(ids: list[str], case: Case, replay: Replay) -> int:
    return rank_in(ids, replay.stream.article_id(case.place))


if __name__ == "__main__":
    sys.exit(main())
