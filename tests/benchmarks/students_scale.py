"""``make bench-students-scale``: 300,000 generated students, from their workbooks to a promoted release."""

import argparse
import json
import os
import sys
from pathlib import Path

from pipelines.students.use_case import STUDENTS
from tests.benchmarks.measure import Measured, measure
from tests.benchmarks.scale import machine

SIZE = ["generated.students=300000", 'generated.files="each"']
SECONDS, MB = 180, 4_096  # of all steps from landing to release
WORK = Path(".pauta") / "students-scale"


def main() -> int:
    """Generate the workbooks where they are not there yet, run every step on them, print the table."""
    args = _arguments()
    work: Path = args.work.absolute()
    sets = [flag for value in args.set for flag in ("--set", value)]
    workbooks = work / "data/students/landing/generated/workbooks"
    if not workbooks.is_dir():
        _run(work, ["--run-id", "generated", "--step", "landing", "--source", "generated", *sets])
    own = ["--source", "workbooks", "--source-path", str(workbooks), *sets]
    rows = {step.name: _run(work, ["--run-id", "scale", "--step", step.name, *own]) for step in STUDENTS.steps}
    total = Measured(sum(m.wall for m in rows.values()), sum(m.cpu for m in rows.values()), _peak(rows), "")
    promoted = bool(json.loads(rows["promote"].output)["promote"]["promoted"])
    print(f"\n{machine()}; promoted: {promoted}\n\n{'step':<18}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, found in {**rows, "landing to release": total}.items():
        print(f"{name:<18}{found.wall:>9.1f}{found.cpu:>9.1f}{found.peak_mb:>9,.0f}")
    met = total.wall <= SECONDS and total.peak_mb <= MB
    print(f"\nthe bar of {SECONDS} s and {MB:,} MB is {'met' if met else 'missed'}")
    return 0 if met and promoted else 1


def _peak(rows: dict[str, Measured]) -> float:
    return max(found.peak_mb for found in rows.values())


def _run(work: Path, arguments: list[str]) -> Measured:
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    env = {**os.environ, **{f"PAUTA_{name}": str(work / folder) for name, folder in places.items()}}
    env |= {"PAUTA_MLFLOW_URI": "off", "OPENBLAS_NUM_THREADS": "1"}
    return measure([sys.executable, "-m", "pipelines", "students", "--json", *arguments], env)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-students-scale", description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK, help=f"folder, kept for a second time (default: {WORK})")
    parser.add_argument("--set", action="append", default=SIZE, metavar="KEY=VALUE", help="another size: params")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
