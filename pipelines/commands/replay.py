"""``python -m pipelines replay``: trains the ranker on a replay of past events and measures it on a later window."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.rolling import DAY_MS, Result, Window, run, table
from pipelines.news.replay.sources import from_clicks, from_run
from pipelines.news.replay.stream import Stream
from pipelines.news.site import profile_of
from pipelines.runs import Run, newest_run
from script_shared.data_end import data_end
from script_shared.errors import InputError
from script_shared.news.params import FILE, NewsParams, for_site
from script_shared.params import load_params
from script_shared.settings import Settings

HOUR_MS = 3_600_000
DAY_BEGINS_HOUR = 3  # UTC: midnight where the users are


def main(argv: list[str], settings: Settings) -> int:
    """Run the command; the exit code is 0."""
    args = parser().parse_args(argv)
    params = load_params(NewsParams, args.params or settings.of("news").params_file or FILE, args.set)
    if not args.clicks:
        params = for_site(params, profile_of(Dataset.load(_refined_folder(args, settings))))
    window = window_of(args, lambda: _end_ms(args, settings, params), params)
    stream = _stream(args, settings, params, window)
    result = run(stream, params, window, say=lambda line: print(line, file=sys.stderr))
    report(result, window, args.output)
    return 0


def parser() -> argparse.ArgumentParser:
    """The arguments, shared with the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m pipelines replay", description=__doc__)
    parser.add_argument("--clicks", type=Path, help="a file of portal clicks (default: the latest refined run)")
    parser.add_argument("--run-id", help="refined run to replay")
    parser.add_argument("--test-day", help="YYYY-MM-DD, from 03:00 UTC for 24 hours (default: the held-out window)")
    parser.add_argument("--share", type=float, default=1.0, help="share of users whose clicks are evaluated")
    parser.add_argument(
        "--resamples", type=int, default=500, help="bootstrap resamples of users for the 95 %% intervals"
    )
    parser.add_argument("--output", type=Path, help="folder for ranking.json and the ranker")
    parser.add_argument("--params", type=Path, help="params file (default: the use case's own)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="overrule one value of the params file"
    )
    return parser


def day_window(day: str, share: float, resamples: int) -> Window:
    """The 24 hours from 03:00 UTC of a day.

    Raises:
        InputError: the day is no date.
    """
    try:
        midnight = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(f"--test-day {day!r} is not a date.", fix="Write it as YYYY-MM-DD.") from error
    start = int(midnight.timestamp() * 1000) + DAY_BEGINS_HOUR * HOUR_MS
    return Window(start, start + DAY_MS, share, resamples)


def window_of(args: argparse.Namespace, end_ms: Any, params: NewsParams) -> Window:
    """The test day, or the last hours of the data as the params hold them out."""
    if args.test_day:
        return day_window(args.test_day, args.share, args.resamples)
    end = end_ms() + 1
    return Window(end - int(params.split.window_hours * HOUR_MS), end, args.share, args.resamples)


def report(result: Result, window: Window, output: Path | None) -> None:
    """Print the tables, and write figures, facts and the ranker into a folder."""
    for group in dict.fromkeys(row.group for row in result.figures):
        print(table(result.figures, group), end="\n\n")
    facts = {"window": asdict(window), **result.facts}
    print(json.dumps(facts))
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        whole = {**facts, "figures": [asdict(row) for row in result.figures]}
        (output / "ranking.json").write_text(json.dumps(whole, indent=2), encoding="utf-8")
        if result.ranker is not None:
            result.ranker.save(output / "ranker")


def _stream(args: argparse.Namespace, settings: Settings, params: NewsParams, window: Window) -> Stream:
    if args.clicks:
        return from_clicks(args.clicks, window.end_ms)
    return from_run(_refined_folder(args, settings), params.ranker.label, window.start_ms)


def _refined_folder(args: argparse.Namespace, settings: Settings) -> Path:
    root = settings.data_dir / "news"
    run_id = args.run_id or newest_run(settings, "news", "refined")
    if run_id is None:
        raise InputError("there is no refined run yet.", fix="Give --clicks, or run: python -m pipelines news.")
    return Run(root, run_id).read("refined")


def _end_ms(args: argparse.Namespace, settings: Settings, params: NewsParams) -> int:
    stream = from_clicks(args.clicks) if args.clicks else from_run(_refined_folder(args, settings), params.ranker.label)
    return data_end(stream.time_ms, stream.user).end_ms
