"""The record of decisions: every entry carries the hash of the one before, and the chain is checked."""

from contextlib import closing

from pipelines.demo.stage import ChapterFailedError, Stage
from script_shared.audit.trail import AuditTrail
from script_shared.events import EventLog


def checked_record(stage: Stage) -> None:
    """Check the record, as ``python -m pipelines audit verify`` does.

    Args:
        stage: of the demo.

    Raises:
        ChapterFailedError: an entry was changed, removed or added.
    """
    with closing(EventLog(stage.settings.events_address)) as log:
        found = AuditTrail(stage.settings, log).check()
    if found.problems:
        raise ChapterFailedError("; ".join(found.problems))
    stage.note("verified", entries=found.entries)
