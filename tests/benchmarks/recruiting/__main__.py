"""``make bench-recruiting``: the models on real vacancies and applications, as of each day, compared with baselines."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from pipelines.recruiting.evaluation.figures import Figure
from pipelines.recruiting.training.records import Data, data_of
from script_shared.params import load_params
from script_shared.recruiting.params import FILE, RecruitingParams
from script_shared.recruiting.records import day_of
from tests.benchmarks.recruiting.cvs import cv_figures
from tests.benchmarks.recruiting.decision import decision_tables
from tests.benchmarks.recruiting.hires import hire_figures
from tests.benchmarks.recruiting.next_vacancy import next_figures
from tests.benchmarks.recruiting.titles import title_figures

FOLDER = Path(os.environ.get("PAUTA_REAL_DATA", Path(__file__).parents[3] / ".." / "shared" / "data")) / "decision"


@dataclass(frozen=True)
class Task:
    """One table.

    Attributes:
        first, end: days of the test; everything is learnt from the days before ``first``.
    """

    title: str
    measure: Callable[[Data, RecruitingParams, int, int], list[Figure]]
    first: str
    end: str
    metrics: tuple[str, ...]


RANKS = ("hr_at_10", "mrr_at_10", "ndcg_at_10")
TASKS = {
    "next": Task("The candidate's next vacancy among the open ones", next_figures, "2023-01-01", "2024-07-01", RANKS),
    "hires": Task(
        "Who of a vacancy's applicants is hired", hire_figures, "2022-07-01", "2024-07-01",
        ("auc_hired", "auc_inside", "ndcg_at_5", "graded_ndcg_at_10", "calibration_error", "brier"),
    ),
    "cv": Task("The vacancy that a CV was put forward for", cv_figures, "2023-07-01", "2024-07-01", RANKS),
    "titles": Task("A title's own description", title_figures, "2023-07-01", "2024-07-01", RANKS),
}  # fmt: skip


def main() -> int:
    """Run the tasks and print their tables; also as JSON when a file is given."""
    args = _arguments()
    if not (args.folder / "vagas.parquet").is_file():
        print(f"{args.folder} has no vagas.parquet: give the folder, or set PAUTA_REAL_DATA.", file=sys.stderr)
        return 1
    params = load_params(RecruitingParams, FILE, args.set)
    data, found = data_of(decision_tables(args.folder)), {}
    for name in args.task or TASKS:
        task, begin = TASKS[name], time.monotonic()
        first, end = day_of(args.first or task.first), day_of(args.end or task.end)
        with threadpool_limits(1):
            figures = task.measure(data, params, first, end)
        print(table(task, figures, args.first or task.first, args.end or task.end))
        print(f"({time.monotonic() - begin:,.0f} s)\n", flush=True)
        found[name] = [asdict(figure) for figure in figures]
    if args.json:
        args.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-recruiting", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help="vagas, processos, candidatos (.parquet)")
    parser.add_argument("--task", action="append", choices=list(TASKS), help="may be repeated (default: all)")
    parser.add_argument("--first", help="first day of the test, YYYY-MM-DD (default: the task's)")
    parser.add_argument("--end", help="day after the last one")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="set one value of the params")
    return parser.parse_args()


def table(task: Task, figures: list[Figure], first: str, end: str) -> str:
    """The figures of a task as markdown, with 95 % intervals."""
    by_name = {(figure.model, figure.metric): figure for figure in figures}
    metrics = [name for name in task.metrics if any(metric == name for _, metric in by_name)]
    cases = max((figure.cases for figure in figures), default=0)
    lines = [f"### {task.title}", "", f"Tested on {first} until before {end}; {cases:,} cases.", ""]
    lines += [f"| order | {' | '.join(metrics)} |", "|---|" + "---|" * len(metrics)]
    for model in dict.fromkeys(model for model, _ in by_name):
        cells = [_cell(by_name.get((model, metric))) for metric in metrics]
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figure: Figure | None) -> str:
    if figure is None or figure.value != figure.value:
        return "–"
    text = f"{figure.value:.3f}"
    return text if figure.low != figure.low else f"{text} [{figure.low:.3f}, {figure.high:.3f}]"


if __name__ == "__main__":
    sys.exit(main())
