"""``make bench-spark``: refine with both engines on generated data of 1, 3, 10 times full scale: seconds and memory."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measure import Measured, measure
from tests.benchmarks.scale import machine, pipeline_step

FULL = {"users": 577_942, "articles": 255_603, "interactions": 8_123_951}
DAYS = 45
ENGINES = ("polars", "spark")
RUN = "scale"


def main() -> int:
    """Run the benchmark, print its table and write it as JSON."""
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix="pauta-spark-", dir=args.work) as made:
        rows = {times: _at_size(args.keep or Path(made), times, args.master) for times in args.times}
    print(f"\n{machine()}; Spark on {args.master}\n")
    print(f"{'times':>6}{'reads':>12}{'engine':>9}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
    for times, by_engine in rows.items():
        for engine, row in by_engine.items():
            reads = int(json.loads(row.output)["refine"]["interactions"])
            print(f"{times:>6g}{reads:>12,}{engine:>9}{row.wall:>9.1f}{row.cpu:>9.1f}{row.peak_mb:>9,.0f}")
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps({"machine": machine(), "master": args.master, "rows": _as_json(rows)}, indent=2))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-spark", description=__doc__)
    parser.add_argument("--times", type=float, nargs="+", default=[1.0, 3.0, 10.0], help="sizes, 1 for full scale")
    parser.add_argument("--master", default="local[2]", help="of Spark")
    parser.add_argument("--work", type=Path, help="folder for the temporary files, 3 GB for each time full scale")
    parser.add_argument("--keep", type=Path, help="folder that keeps the generated files for the next run")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/spark.json"))
    return parser.parse_args()


def _at_size(work: Path, times: float, master: str) -> dict[str, Measured]:
    sizes = [f"sample.{name}={round(count * times)}" for name, count in FULL.items()]
    sizes.append(f"sample.days={DAYS}")
    env = _environment(work / f"{times:g}", master)
    if not (Path(env["PAUTA_DATA_DIR"]) / "news/raw" / RUN).is_dir():
        measure(pipeline_step("download", RUN, sizes), env)
    return {engine: measure(pipeline_step("refine", RUN, sizes), {**env, "PAUTA_ENGINE": engine}) for engine in ENGINES}


def _environment(work: Path, master: str) -> dict[str, str]:
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    settings = {f"PAUTA_{name}": str(work / folder) for name, folder in places.items()}
    settings |= {"PAUTA_SOURCE": "sample", "PAUTA_SPARK_MASTER": master, "SPARK_LOCAL_IP": "127.0.0.1"}
    return {**os.environ, **settings}


def _as_json(rows: dict[float, dict[str, Measured]]) -> list[dict[str, object]]:
    return [
        {"times": times, "engine": engine, "seconds": row.wall, "cpu_seconds": row.cpu, "peak_mb": row.peak_mb}
        for times, by_engine in rows.items()
        for engine, row in by_engine.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
