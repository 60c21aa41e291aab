"""Chooses how the raw files of a run are refined, and writes the step's folder."""

from typing import Any

from pipelines.news.refine.challenge import refine_challenge
from pipelines.news.refine.clicks import FILE, refine_clicks
from pipelines.use_case import Context


def refine(context: Context) -> dict[str, Any]:
    """Refine the run's raw files into parquet tables.

    Returns:
        Counts: users, articles, interactions, input rows, rejected rows by reason, the window of time.

    Raises:
        InputError: the raw data is malformed; one message that names file and user or line, and what to do.
        RunError: the run has no raw data.
    """
    raw = context.run.read("raw")
    act = refine_clicks if (raw / FILE).is_file() else refine_challenge
    with context.run.write("refined") as (folder, facts):
        facts["source"] = context.run.facts("raw").get("source")
        facts.update(act(raw, folder, context.params.refine, context.run.run_id))
    return facts
