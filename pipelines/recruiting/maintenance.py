"""Housekeeping of the platform, and of erased candidates: the runs that hold one are removed."""

from functools import partial
from typing import Any

from pipelines.erasures import erased_digests, remove_runs_holding
from pipelines.housekeeping import prune as prune_old
from pipelines.housekeeping import runs_of
from pipelines.recruiting.erasure import HOLDING, erase_stored, holds_erased, releases_holding
from pipelines.recruiting.release.vectors import keep_indexes
from pipelines.use_case import Context
from script_shared.events import ErasedUsers


def prune(context: Context) -> dict[str, Any]:
    """Remove what is old, as ``pipelines.housekeeping`` does, and every finished run that holds an erased candidate.

    Returns:
        what ``pipelines.housekeeping.prune`` says; ``erased_from_runs`` (runs that were removed whole),
        ``erased_from_tables`` (candidates whose rows were still in the service's tables),
        ``indexes`` (of releases that were removed, dropped from the index server), ``indexes_copied`` (of the release
        in service, which the server lacked),
        ``releases_with_erased`` (candidates by release; nothing is served of them).
    """
    before = context.releases.versions()
    removed = prune_old(context)
    digests = erased_digests(context.settings)
    ended = [run.run_id for run in runs_of(context.run.root)[0]]
    holds = partial(holds_erased, digests=digests)
    return {
        **removed,
        "erased_from_runs": remove_runs_holding(context.run.root, ended, HOLDING, holds),
        "erased_from_tables": erase_stored(context.settings, digests),
        **keep_indexes(context.settings, context.releases, before),
        "releases_with_erased": releases_holding(context.releases, ErasedUsers(digests)),
    }
