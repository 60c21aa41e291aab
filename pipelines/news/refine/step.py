"""Chooses how the raw files of a run are refined, and writes the step's folder."""

from pathlib import Path
from typing import Any

from pipelines.news.dataset import Dataset
from pipelines.news.refine.challenge.files import refine_challenge
from pipelines.news.refine.events.logged_events import LoggedEvents
from pipelines.news.refine.events.recalled import write_recalled
from pipelines.news.refine.events.visits import write_visits
from pipelines.news.refine.own_files import CLICKS, refine_site
from pipelines.news.refine.portal_clicks import FILE, refine_clicks
from pipelines.news.site import FACTS as SITE
from pipelines.news.site import profile_of
from pipelines.use_case import Context
from script_shared.clock import MADE_UP


def refine(context: Context) -> dict[str, Any]:
    """Refine the run's raw files into parquet tables.

    Args:
        context: the run, its settings, params and options.

    Returns:
        Counts: users, articles, interactions, input rows, rejected rows by reason, the window of time. Of the event
        log: events_clicks (kept), events_articles (posted ones in the catalog), erased_readers (known to be erased),
        erased_left_out (of them in the files), events_recalled (clicks of the log that a release must recall, because
        they are in no table), events_seq (the last entry that is part of these tables; 0 for none).
        Also what ``reject_ahead`` and ``reject_behind`` say.

    Raises:
        InputError: the raw data is malformed; one message that names file and user or line, and what to do.
        RunError: the run has no raw data.
    """
    raw, raw_facts = context.run.read("raw"), context.run.facts("raw")
    may_switch = context.settings.clock != "data" and raw_facts.get("source") not in MADE_UP
    taken = LoggedEvents.of(raw, context.run.run_id, context.settings.events_retention_days, may_switch=may_switch)
    with context.run.write("refined") as (folder, facts):
        facts["source"] = raw_facts.get("source")
        facts.update(_tables(context, raw, folder, taken))
        write_visits(folder, taken.logins, taken.erased, context.run.run_id)
        recalled = write_recalled(folder, taken.clicks, taken.left_out, context.run.run_id)
        facts[SITE] = profile_of(Dataset.load(folder)).as_facts()
        facts |= {
            "events_articles": taken.posts.height,
            "posted_last_ms": taken.posted_last_ms,
            "events_recalled": recalled,
            "erased_readers": len(taken.erased.digests),
            "events_seq": raw_facts.get("events_seq", 0),
        }
    return facts


def _tables(context: Context, raw: Path, folder: Path, taken: LoggedEvents) -> dict[str, Any]:
    params, run_id = context.params.refine, context.run.run_id
    if context.settings.engine == "spark":
        from pipelines.news.refine.spark.step import tables_by_spark  # PySpark is an extra

        return tables_by_spark(context, raw, folder, taken)
    if (raw / CLICKS).is_file():
        simulate = context.params.files.simulate_login
        return refine_site(raw, folder, params, run_id, taken, simulate_login=simulate)
    act = refine_clicks if (raw / FILE).is_file() else refine_challenge
    return act(raw, folder, params, run_id, taken)
