"""Raw data of a run in the lake."""

import os
from collections.abc import Callable

from pipelines.runs import MANIFEST
from tests.pipelines.lake.machine import Machine, write

Machines = Callable[[str], Machine]
RAW = {"clicks.csv": "a,b", "part 1/ação #1 [x].csv": "c"}


def finish_before_the_lake(machine: Machine, folder: str, run_id: str, finished_s: int) -> None:
    """A folder of a machine that had no lake yet; the next step of the run uploads it with its time."""
    write(folder, {"t": run_id})(machine.run(run_id))
    os.utime(machine.run(run_id).place(folder) / MANIFEST, (finished_s, finished_s))
