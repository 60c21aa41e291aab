"""The command ``python -m pipelines check-data PATH``: what your files contain, and how they would be read."""

import argparse
from functools import partial
from pathlib import Path

from script_shared.clock import ClockChoice, choose_clock, wall_ms
from script_shared.errors import InputError, SourceError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings

NEXT = """
Put this into a copy of script_shared/params/news.toml, then run
  python -m pipelines news --source files --source-path {path} --params YOUR_COPY.toml
or, if it found the right column for everything, without a copy:
  python -m pipelines news --source files --source-path {path}
"""


def main(argv: list[str], settings: Settings) -> int:
    """Print the report; exit code 0.

    Raises:
        InputError: nothing of use is there, or a file is damaged.
        SourceError: there is no such path.
    """
    args = _parser().parse_args(argv)
    path: Path = args.path
    if not path.exists():
        raise SourceError(
            f"{path}: there is no such file or folder.", fix="Name a file or folder of clicks and articles."
        )
    if _is_challenge(path):
        raise InputError(f"{path}: has the layout of the G1 challenge.", fix="Read it with --source local.")
    from pipelines.news.sources.data_report import report  # Polars takes a second to import

    params = load_params(NewsParams, args.params or settings.of("news").params_file or FILE, args.set, set_by="--set ")
    text, proposal = report(path, params.files, partial(_clock, params, settings))
    print(f"{text}\n\nProposed params\n\n{proposal}{NEXT.format(path=path)}")
    if args.write:
        args.write.write_text(proposal, encoding="utf-8")
        print(f"Written to {args.write}.")
    return 0


def _clock(params: NewsParams, settings: Settings, end_ms: int) -> ClockChoice:
    lag = params.releases.clock_max_lag_hours
    return choose_clock(end_ms, wall_ms(), lag, setting=settings.clock, source="files")


def _is_challenge(path: Path) -> bool:
    return path.is_dir() and any(path.glob("files/treino/*.csv"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines check-data", description=__doc__)
    parser.add_argument("path", type=Path, help="file or folder of clicks and articles: CSV, JSON lines or parquet")
    parser.add_argument("--params", type=Path, help="params file whose section [files] is used")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="such as files.clicks.user='id'"
    )
    parser.add_argument("--write", type=Path, help="write the proposed section to this file")
    return parser
