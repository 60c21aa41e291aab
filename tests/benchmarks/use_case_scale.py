"""Every step of a use case on generated files, each in a process of its own: seconds, CPU, memory, and the bar."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.use_case import UseCase
from tests.benchmarks.measure import Measured, measure
from tests.benchmarks.scale import machine

PLACES = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}


@dataclass(frozen=True)
class Scale:
    """The benchmark of one use case.

    Attributes:
        size: params of the generated files.
        source: that reads the files.
        files: makes the files in a folder of the work folder where they are missing; returns that folder.
        seconds, megabytes: limit of all steps together.
    """

    use_case: UseCase
    size: list[str]
    source: str
    files: Callable[[Path, list[str]], Path]
    seconds: int
    megabytes: int


def run_scale(scale: Scale, about: str | None, command: str) -> int:
    """Make missing files, run every step on them, print the table; 1 if the limit is exceeded."""
    args = _arguments(scale, about, command)
    work: Path = args.work.absolute()
    folder = scale.files(work, args.set)
    own = ["--source", scale.source, "--source-path", str(folder), *flags(args.set)]
    rows = {
        step.name: run_step(scale.use_case, work, ["--run-id", "scale", "--step", step.name, *own])
        for step in scale.use_case.steps
    }
    total = Measured(
        sum(each.wall for each in rows.values()),
        sum(each.cpu for each in rows.values()),
        max(each.peak_mb for each in rows.values()),
        "",
    )
    promoted = bool(json.loads(rows["promote"].output)["promote"]["promoted"])
    print(f"\n{machine()}, load {os.getloadavg()[1]:.1f}; promoted: {promoted}\n")
    print(f"{'step':<18}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, found in {**rows, "files to release": total}.items():
        print(f"{name:<18}{found.wall:>9.1f}{found.cpu:>9.1f}{found.peak_mb:>9,.0f}")
    met = total.wall <= scale.seconds and total.peak_mb <= scale.megabytes
    print(f"\nthe bar of {scale.seconds} s and {scale.megabytes:,} MB is {'met' if met else 'missed'}")
    return 0 if met and promoted else 1


def run_step(use_case: UseCase, work: Path, arguments: list[str]) -> Measured:
    """One step in a process of its own, with all its folders below the work folder."""
    env = {**os.environ, **{f"PAUTA_{name}": str(work / folder) for name, folder in PLACES.items()}}
    env |= {"PAUTA_MLFLOW_URI": "off", "OPENBLAS_NUM_THREADS": "1"}
    return measure([sys.executable, "-m", "pipelines", use_case.name, "--json", *arguments], env)


def flags(params: list[str]) -> list[str]:
    """Params as arguments of ``python -m pipelines``."""
    return [flag for value in params for flag in ("--set", value)]


def _arguments(scale: Scale, about: str | None, command: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"make {command}", description=about)
    work = Path(".pauta") / f"{scale.use_case.name}-scale"
    parser.add_argument("--work", type=Path, default=work, help=f"folder, kept for later runs (default: {work})")
    parser.add_argument(
        "--set", action="append", default=scale.size, metavar="KEY=VALUE", help="params of another size"
    )
    return parser.parse_args()
