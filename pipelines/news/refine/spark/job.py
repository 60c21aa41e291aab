"""What every refine step on Spark needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.news.refine.events.logged_events import LoggedEvents
from script_shared.news.params import RefineParams


@dataclass(frozen=True)
class RefineJob:
    """One run that is refined on Spark.

    Attributes:
        session: Spark's.
        scratch: folder for files between two stages, on a disk that every machine shares.
        raw: folder of the run's raw data, on such a disk.
        folder: where the tables are written, on such a disk.
        params: which reads are kept and how they are weighted.
        run_id: for messages.
        taken: what the event log adds.
    """

    session: Any
    scratch: Path
    raw: Path
    folder: Path
    params: RefineParams
    run_id: str
    taken: LoggedEvents
