"""Fits one segment's recommender on everything until R: the ranker learns on the hours after it, before the window."""

from collections.abc import Collection
from pathlib import Path
from time import perf_counter
from typing import Any

from pipelines.news.as_of import snapshot_of, utc
from pipelines.news.site import settle_params
from pipelines.news.split.moments import moments_of
from pipelines.news.training.engine import engine_facts, training_dataset
from pipelines.use_case import Context
from script_shared.arrays import Bools
from script_shared.news.membership import members
from script_shared.news.params import NewsParams
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.segments import SEGMENT_NAMES, segment_named

PARAMS = "training_params.json"  # what the training was made with, beside each segment


def train(context: Context, segment: str) -> dict[str, Any]:
    """Reads refined; writes trained/<run>/<segment>: the recommender as of R.

    Args:
        context: the run, its settings, params and options.
        segment: name of the segment.

    Returns:
        facts of the part, such as ``as_of_ms`` (R, epoch milliseconds, UTC) and the seconds it took.

    Raises:
        InputError: no such segment, or the data is not longer than the held-out window.
        RunError: refine is not complete.
    """
    params: NewsParams = settle_params(context).params
    recommender = segment_named(segment).recommender
    with training_dataset(context, "trained") as dataset, context.run.write("trained", segment) as (folder, facts):
        snapshot = snapshot_of(dataset, moments_of(dataset, params).fitted)
        belongs = members_of(snapshot, segment)
        started = perf_counter()
        recommender.fit(snapshot, belongs, params.model).save(folder)
        (folder / PARAMS).write_text(params.model_dump_json(indent=1), encoding="utf-8")
        facts.update(
            segment=segment,
            recommender=recommender.source,
            as_of=utc(snapshot.as_of_ms),
            as_of_ms=snapshot.as_of_ms,
            users=int(belongs.sum()),
            interactions=int(snapshot.reads_by_user()[belongs].sum()),
            **engine_facts(context),
            seconds=round(perf_counter() - started, 2),
            megabytes=folder_megabytes(folder),
        )
    return dict(facts)


def members_of(snapshot: Snapshot, segment: str, among: Collection[str] = SEGMENT_NAMES) -> Bools:
    """bool (n_users): who belongs to the segment, by what was read until the moment of the snapshot.

    Args:
        snapshot: what was known at a moment.
        segment: name of the segment.
        among: names of the segments there are.
    """
    return members(segment, snapshot.logged, snapshot.reads_by_user(), among)


def folder_megabytes(folder: Path) -> float:
    """Size of all files below a folder."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 3)
