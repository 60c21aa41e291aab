"""A process that runs functions on another core while this one goes on."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from pipelines.processes.new_processes import new_processes


@contextmanager
def other_core(*, worth_it: bool) -> Iterator[ProcessPoolExecutor | None]:
    """A process for functions of modules; it ends with the block, or when this process ends.

    Args:
        worth_it: whether the functions take longer than the start of a process, about 3 s of CPU.

    Yields:
        A pool of one process; None if this process has one core only, or if it is not worth it.
    """
    if not worth_it or len(os.sched_getaffinity(0)) == 1:
        yield None
        return
    with new_processes(1) as pool:
        yield pool
