"""Trains generated data with both engines: seconds, memory, and the figures of each segment with paired intervals.

``.venv-spark/bin/python -m tests.benchmarks.spark_training --times 0.03``; ``make test-spark`` makes the environment.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from pipelines.measures.figures import measure as measure_lists
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.lists.asking import ask
from pipelines.news.site import settle_params
from pipelines.news.split.holdout import hold_out
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.benchmarks.measure import measure
from tests.benchmarks.scale import machine, pipeline_step
from tests.benchmarks.spark_scale import DAYS, ENGINES, FULL, RUN

STEPS = ("train", "assemble")
JUDGED = [("ndcg", 10), ("hr", 10)]


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.spark_training", description=__doc__)
    parser.add_argument("--times", type=float, default=0.03, help="size, 1 for full scale")
    parser.add_argument("--days", type=int, default=DAYS, help="days that the reads span")
    parser.add_argument("--master", default="local[2]", help="of Spark")
    args = parser.parse_args()
    sets = [f"sample.{name}={round(count * args.times)}" for name, count in FULL.items()]
    sets.append(f"sample.days={args.days}")
    with tempfile.TemporaryDirectory(prefix="pauta-spark-") as made:
        folders = {engine: Path(made, engine) for engine in ENGINES}
        for step in ("download", "refine"):
            measure(pipeline_step(step, RUN, sets), _environment(folders["polars"], "polars", args.master))
        shutil.copytree(folders["polars"], folders["spark"])
        print(f"\n{machine()}; Spark on {args.master}\n")
        print(f"{'engine':>8}{'step':>10}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
        for engine, folder in folders.items():
            for step in STEPS:
                row = measure(pipeline_step(step, RUN, sets), _environment(folder, engine, args.master))
                print(f"{engine:>8}{step:>10}{row.wall:>9.1f}{row.cpu:>9.1f}{row.peak_mb:>9,.0f}", flush=True)
        _compare(folders, sets)
    return 0


def _environment(work: Path, engine: str, master: str) -> dict[str, str]:
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    settings = {f"PAUTA_{name}": str(work / folder) for name, folder in places.items()}
    spark = {"PAUTA_ENGINE": engine, "PAUTA_SPARK_MASTER": master, "SPARK_LOCAL_IP": "127.0.0.1"}
    return {**os.environ, **settings, **spark, "PAUTA_SOURCE": "sample"}


def _compare(folders: dict[str, Path], sets: list[str]) -> None:
    """Print figures of the held-out users by engine, and the differences with their 95 % intervals."""
    runs = {engine: Run(folder / "data" / "news", RUN) for engine, folder in folders.items()}
    data = Dataset.load(runs["polars"].read("refined"))
    params = settle_params(Context(Settings(), load_params(NewsParams, FILE, sets), runs["polars"])).params
    held_out, n = hold_out(data, params), max(params.evaluation.cutoffs)
    lists = {}
    for engine, run in runs.items():
        folder = run.read("assembled") / "holdout"
        model = NewsModel.load(folder, engine)
        lists[engine] = ask(model, folder, held_out.truth.users, n, held_out.window.start_ms)
    figures, differences = measure_lists(lists, held_out.protocol(params), "spark")
    print(f"\n{'segment':>12}{'measure':>10}{'users':>8}{'polars':>9}{'spark':>9}  spark - polars, 95 % interval")
    for found in differences:
        if (found.metric, found.cutoff) in JUDGED:
            key = (found.segment, found.metric, found.cutoff)
            of = {each.model: each for each in figures if (each.segment, each.metric, each.cutoff) == key}
            values = f"{of['polars'].value:>9.4f}{of['spark'].value:>9.4f}"
            gap = f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
            print(f"{found.segment:>12}{found.metric:>7}@{found.cutoff}{of['spark'].users:>8}{values}  {gap}")


if __name__ == "__main__":
    sys.exit(main())
