"""``make bench-ranking``: rolling replay of portal clicks, the ranker beside its peers, with 95 % intervals."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from pipelines.commands.replay import day_window
from pipelines.news.evaluation.rolling import Window, run
from pipelines.news.replay.sources import from_clicks
from pipelines.news.replay.stream import Stream
from script_shared.arrays import IntArray
from script_shared.errors import InputError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.benchmarks.entrants import Contest, Entrant, entrants, variants
from tests.benchmarks.ranking_ceiling import ceiling_of, write_ceiling
from tests.benchmarks.ranking_day import Day, is_kept, settings_of
from tests.benchmarks.ranking_losses import record, write_losses
from tests.benchmarks.ranking_report import write_day, write_mean

DAY = "2017-10-13"
TEST_DAYS = tuple(f"2017-10-{day}" for day in range(10, 14))
TUNING_DAYS = tuple(f"2017-10-0{day}" for day in range(5, 10))  # everything that is chosen is chosen on these
CLICKS = Path(os.environ.get("PAUTA_REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


def main() -> int:
    """Run the benchmark for every test day, print its tables and write them as markdown and JSON."""
    args = _arguments()
    if not args.clicks.is_file():
        print(f"{args.clicks} is not at hand: give --clicks, or set PAUTA_REAL_DATA.", file=sys.stderr)
        return 1
    days = tuple(args.test_day or _default_days(args))
    if args.ceiling:
        args.output /= "ceiling"  # a folder of its own: a day there holds other ranks
    _in_processes(_losses if args.losses else _ceiling if args.ceiling else _measure, days, args)
    folders = [args.output / day for day in days]
    if args.losses:
        print(write_losses(folders, args.output))
        return 0
    measured = [Day.load(folder) for folder in folders]
    seed = measured[0].facts["window"]["seed"]
    if args.ceiling:
        print(write_ceiling(measured, args.output, args.resamples, seed))
        return 0
    for day, folder in zip(measured, folders, strict=True):
        print(write_day(day, folder, args.resamples, seed))
    if len(measured) > 1:
        print(write_mean(measured, args.output, args.resamples, seed))
    return 0


def _default_days(args: argparse.Namespace) -> tuple[str, ...]:
    if args.losses:
        return TUNING_DAYS
    if args.ceiling:
        return TUNING_DAYS[-2:]
    return TUNING_DAYS[-1:] if args.tune_peers else TEST_DAYS


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-ranking", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--test-day", action="append", help="YYYY-MM-DD, may be repeated (default: 10 to 13 October)")
    parser.add_argument("--share", type=float, default=0.12, help="share of the users evaluated, drawn by seed")
    parser.add_argument("--peer-share", type=float, default=1.0, help="share of those whose clicks the peers are asked")
    parser.add_argument("--resamples", type=int, default=500, help="of users and days, for the intervals")
    parser.add_argument("--refit-minutes", type=float, default=15.0, help="pause between two fits of a peer")
    parser.add_argument("--no-peers", action="store_true", help="leave out the peers that are fitted")
    parser.add_argument("--tune-peers", action="store_true", help="other settings of the peers, on 9 October")
    parser.add_argument("--losses", action="store_true", help="where clicks are missed, on 5 to 9 October")
    parser.add_argument("--ceiling", action="store_true", help="what hindsight would reach, on 8 and 9 October")
    parser.add_argument("--processes", type=int, default=2, help="days measured at the same time")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/ranking"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="set one value of the params")
    return parser.parse_args()


def _in_processes(
    work: Callable[[str, argparse.Namespace], None], days: Sequence[str], args: argparse.Namespace
) -> None:
    """Each day in a process of its own, some of them at the same time; an error of one ends the benchmark."""
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for done in [pool.submit(work, day, args) for day in days]:
            done.result()


def _measure(name: str, args: argparse.Namespace) -> None:
    """One day, unless it is finished already with these settings and this code."""
    params, window, say = load_params(NewsParams, FILE, args.set), _window(name, args), _progress(name)
    peers = _peers(args)
    asked = (sorted(peers), args.peer_share, args.refit_minutes, args.share, args.clicks.stat().st_size, window)
    settings = settings_of({"params": params.model_dump(), "asked": asked}, {"asked": asked})
    folder = args.output / name
    if is_kept(folder, settings):
        say(f"is finished in {folder}")
        return
    kept = Day.load(folder) if peers and is_kept(folder, settings, only="theirs") else None
    stream = _stream(name, window, args)
    contest = Contest({} if kept else peers, _asks(stream, args.peer_share, window.seed))
    with threadpool_limits(1):
        result = run(stream, params, window, peers=contest.peers(), say=say)
    day = Day.of(name, result, stream, window, contest)
    (day.with_peers_of(kept) if kept else day).save(folder, settings)
    if result.ranker is not None:
        result.ranker.save(folder / "ranker")
    say(f"written to {folder}")


def _losses(name: str, args: argparse.Namespace) -> None:
    """Where the clicks of one day are missed, unless it is known already."""
    params, window, say = load_params(NewsParams, FILE, args.set), _window(name, args), _progress(name)
    asked = (args.share, args.clicks.stat().st_size, window)
    settings = settings_of({"params": params.model_dump(), "asked": asked}, {})
    if is_kept(args.output / name, settings, file="losses.json"):
        say(f"is finished in {args.output / name}")
        return
    with threadpool_limits(1):
        record(_stream(name, window, args), params, window, say).save(args.output / name, settings)


def _ceiling(name: str, args: argparse.Namespace) -> None:
    """What hindsight would reach on one day, unless it is known already."""
    params, window, say = load_params(NewsParams, FILE, args.set), _window(name, args), _progress(name)
    asked = ("ceiling", args.share, args.clicks.stat().st_size, window)
    settings, folder = settings_of({"params": params.model_dump(), "asked": asked}, {}), args.output / name
    if is_kept(folder, settings):
        say(f"is finished in {folder}")
        return
    with threadpool_limits(1):
        day = ceiling_of(name, _stream(name, window, args), params, window, say)
    day.save(folder, settings)


def _window(name: str, args: argparse.Namespace) -> Window:
    return day_window(name, args.share, args.resamples)


def _stream(name: str, window: Window, args: argparse.Namespace) -> Stream:
    stream = from_clicks(args.clicks, window.end_ms)
    if not len(stream.between(window.start_ms, window.end_ms)):
        raise InputError(f"{args.clicks} has no click on {name}.", fix="Give another --test-day.")
    return stream


def _peers(args: argparse.Namespace) -> dict[str, Entrant]:
    if args.no_peers:
        return {}
    return variants(args.refit_minutes) if args.tune_peers else entrants(args.refit_minutes)


def _progress(day: str) -> Callable[[str], None]:
    begin = time.monotonic()
    return lambda line: print(f"[{day}, {time.monotonic() - begin:,.0f} s] {line}", file=sys.stderr, flush=True)


def _asks(stream: Stream, share: float, seed: int) -> Callable[[int], bool]:
    """Whether the peers are evaluated on the click at a place: on those of a share of the users."""
    drawn: IntArray = np.random.default_rng(seed + 1).random(len(stream.user_ids)) < share
    return lambda place: bool(drawn[stream.user[place]])


if __name__ == "__main__":
    sys.exit(main())
