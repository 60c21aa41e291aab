"""``python -m pipelines maintenance``: what the nightly DAG does, without Airflow."""

import argparse
import json
from pkgutil import resolve_name

from pipelines.registry import USE_CASES
from pipelines.runs import Run, new_run_id
from pipelines.tracking.step import catch_up
from pipelines.use_case import Context
from script_shared.params import load_params
from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Tidy up one use case and print what was done as JSON.

    Raises:
        PautaError: it cannot be done; the caller prints it.
    """
    parser = argparse.ArgumentParser(prog="python -m pipelines maintenance", description=__doc__)
    parser.add_argument("--use-case", default="news", choices=sorted(USE_CASES), help="default: news")
    case = USE_CASES[parser.parse_args(argv).use_case]
    params = load_params(case.params_kind, settings.params_file or case.params_file)
    context = Context(settings, params, Run(settings.data_dir / case.name, new_run_id()))
    told = catch_up(settings, case.name)  # before the folders that say what MLflow missed are removed
    facts = resolve_name(f"pipelines.{case.name}.maintenance:prune")(context)
    print(json.dumps({"mlflow": told, **facts}, indent=2))
    return 0
