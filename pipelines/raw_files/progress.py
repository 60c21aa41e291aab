"""Shows how far a long step is: a bar for people at a terminal, log lines for everybody else."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from tqdm import tqdm

log = logging.getLogger(__name__)
LOG_SHARE = 0.25  # a log line at every quarter


@contextmanager
def progress(label: str, total: int | None, unit: str, *, bar: bool | None = None) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of further units done.

    Args:
        label: before the bar, and in the log.
        total: units in all, or None when unknown.
        unit: of the bar, such as ``B``.
        bar: True or False to force the bar on standard error on or off; None shows it on a terminal only.
    """
    shown = sys.stderr.isatty() if bar is None else bar
    began, done, next_line = perf_counter(), 0, LOG_SHARE
    with tqdm(desc=label, total=total, unit=unit, unit_scale=True, disable=not shown, file=sys.stderr) as meter:

        def advance(units: int) -> None:
            nonlocal done, next_line
            done += units
            meter.update(units)
            if total and done / total >= next_line:
                log.info("%s: %d of %d %s, %.1f s", label, done, total, unit, perf_counter() - began)
                next_line = (done / total) // LOG_SHARE * LOG_SHARE + LOG_SHARE

        yield advance
    log.info("%s: done, %d %s in %.1f s", label, done, unit, perf_counter() - began)
