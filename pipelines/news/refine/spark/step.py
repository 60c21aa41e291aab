"""Chooses how the raw files of a run are refined on Spark."""

import shutil
from pathlib import Path
from typing import Any

from pipelines.news.refine.events.logged_events import LoggedEvents
from pipelines.news.refine.own_files import CLICKS
from pipelines.news.refine.portal_clicks import FILE
from pipelines.news.refine.spark.challenge import refine_challenge_on_spark
from pipelines.news.refine.spark.job import RefineJob
from pipelines.news.refine.spark.own_files import refine_site_on_spark
from pipelines.news.refine.spark.portal_clicks import refine_clicks_on_spark
from pipelines.spark.session import spark_session
from pipelines.use_case import Context

SCRATCH = ".spark"


def tables_by_spark(context: Context, raw: Path, folder: Path, taken: LoggedEvents) -> dict[str, Any]:
    """Write the refined tables with Spark and return the facts.

    Args:
        context: the run, its settings, params and options.
        raw: folder of the run's raw data.
        folder: where the tables are written; Spark writes between two stages into a folder there, which is removed.
        taken: what the event log adds.

    Returns:
        as ``refine`` of the engine Polars, and ``engine``.

    Raises:
        InputError: the raw data is malformed.
        SettingsError: Spark cannot be used.
        OSError: what Spark wrote between two stages, which holds reads, cannot be removed.
    """
    scratch, run_id = folder / SCRATCH, context.run.run_id
    with spark_session(context.settings, f"refine {context.use_case} {run_id}") as session:
        job = RefineJob(session, scratch, raw, folder, context.params.refine, run_id, taken)
        if (raw / CLICKS).is_file():
            facts = refine_site_on_spark(job, simulate_login=context.params.files.simulate_login)
        else:
            act = refine_clicks_on_spark if (raw / FILE).is_file() else refine_challenge_on_spark
            facts = act(job)
    shutil.rmtree(scratch)
    return {**facts, "engine": "spark"}
