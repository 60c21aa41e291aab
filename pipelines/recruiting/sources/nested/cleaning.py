"""Makes the rows of many candidates in several processes: cleaning CVs is most of the work of landing."""

import os
from collections.abc import Iterator
from typing import Any

from pipelines.processes.new_processes import new_processes
from pipelines.recruiting.sources.nested.flat import Row, candidate_row

BATCH = 500  # candidates that a process cleans at a time
FEW = 5_000  # candidates; for fewer, starting processes takes longer than it saves


def candidate_rows(records: dict[str, Any], processes: int | None = None) -> Iterator[list[Row]]:
    """Rows of candidates in the order of the file, a batch at a time.

    Args:
        records: the record of each candidate by id, as the file has it.
        processes: at most so many; None for one per core, or this process alone for few candidates.
    """
    people = list(records.items())
    batches = [people[start : start + BATCH] for start in range(0, len(people), BATCH)]
    if processes is None:
        processes = len(os.sched_getaffinity(0)) if len(records) > FEW else 1
    if processes == 1:
        yield from map(_clean, batches)
        return
    with new_processes(processes) as pool:
        yield from pool.map(_clean, batches)


def _clean(batch: list[tuple[str, Any]]) -> list[Row]:
    return [candidate_row(key, record) for key, record in batch]
