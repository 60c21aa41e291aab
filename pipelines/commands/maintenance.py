"""``python -m pipelines maintenance``: does the work of the nightly DAG, without Airflow."""

import argparse
import json

from pipelines.configuration import note_configuration
from pipelines.decisions import by_command, note_maintenance
from pipelines.lake.session import work_on_lake
from pipelines.registry import find
from pipelines.runs import new_run_id
from pipelines.tracking.step import catch_up
from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Tidy up one use case and print what was done as JSON.

    Raises:
        PautaError: it cannot be done; the caller prints it.
    """
    parser = argparse.ArgumentParser(prog="python -m pipelines maintenance", description=__doc__)
    parser.add_argument("--use-case", default="news", help="default: news")
    case = find(settings, parser.parse_args(argv).use_case)
    prune = case.function("maintenance")
    context = case.context(settings, new_run_id())
    note_configuration(context, by_command())
    with work_on_lake(settings, context.run.root, "maintenance", tidy=True):
        recorded = catch_up(settings, case.name)  # before the folders that the records are made from are removed
        facts = prune(context)
    note_maintenance(context, facts, by_command())
    print(json.dumps({"mlflow": recorded, **facts}, indent=2))
    return 0
