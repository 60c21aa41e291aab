"""Housekeeping: what is old, runs that hold an erased student, old looks, and releases in the online store."""

from functools import partial
from typing import Any

from pipelines.erasures import erased_digests, remove_runs_holding
from pipelines.housekeeping import prune as prune_old
from pipelines.housekeeping import runs_of
from pipelines.raw_files.arrival import remember_arrivals
from pipelines.students.erasure import HOLDING, erase_from_kept, holds_erased, releases_holding
from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context
from script_shared.clock import wall_ms
from script_shared.events import ErasedUsers
from script_shared.events.address import log_exists
from script_shared.storage.tables import tables_address
from script_shared.students.database.access_record import AccessRecord
from script_shared.students.database.feature_store import FeatureStore

DAY_MS = 86_400_000


def prune(context: Context) -> dict[str, Any]:
    """Remove what is old, as ``pipelines.housekeeping`` does, and every finished run that holds an erased student.

    Erased students are removed from the releases that stay.

    Returns:
        what ``pipelines.housekeeping.prune`` says; ``erased_from_runs`` (runs that were removed whole),
        ``erased_from_releases`` (students by release), ``releases_with_erased`` (the same where they could not be
        removed; nothing of them is served), ``looks`` (removed from the access record), ``online_releases`` (removed
        from the online feature store).
    """
    removed = prune_old(context)
    remember_arrivals(STUDENTS, context.settings)
    digests = erased_digests(context.settings)
    ended = [run.run_id for run in runs_of(context.run.root)[0]]
    return {
        **removed,
        "erased_from_runs": remove_runs_holding(
            context.run.root, ended, HOLDING, partial(holds_erased, digests=digests)
        ),
        "erased_from_releases": erase_from_kept(context.releases, ErasedUsers(digests)),
        "releases_with_erased": releases_holding(context.releases, ErasedUsers(digests)),
        "looks": _remove_old_looks(context),
        "online_releases": _remove_old_releases(context),
    }


def _remove_old_looks(context: Context) -> int:
    address = tables_address(context.settings, "students")
    if not log_exists(address):
        return 0
    record = AccessRecord(address)
    try:
        return record.remove_before(wall_ms() - context.params.access.keep_days * DAY_MS)
    finally:
        record.close()


def _remove_old_releases(context: Context) -> list[str]:
    own = context.settings.of("students").database_uri
    if not own or not log_exists(own.get_secret_value()):
        return []
    store = FeatureStore(own.get_secret_value())
    try:
        return store.keep(context.releases.versions())
    finally:
        store.close()
