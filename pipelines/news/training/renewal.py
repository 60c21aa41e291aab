"""A release over a long window: its fitted parts stay, its counts and histories are brought up to date now and then.

In service a release is followed by the next within hours or days. On a slow site the windows in which it learns and is
measured take weeks, and a release that stayed the same for weeks would be judged by lists that nobody is served.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.news.dataset import Dataset
from pipelines.news.replay.stream import Stream
from pipelines.news.training.assemble import Names, assemble_from
from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS


class Renewal:
    """Puts releases together as of later moments; reads after a moment are never looked at.

    Args:
        every_hours: how long a release stays as it is.
        scratch: an empty folder.
    """

    def __init__(self, dataset: Dataset, every_hours: float, scratch: Path) -> None:
        self._dataset, self._every_ms, self._scratch = dataset, round(every_hours * HOUR_MS), scratch
        self._names: Names | None = None

    def periods(self, stream: Stream, places: IntArray, start_ms: int) -> Iterator[tuple[int, IntArray]]:
        """The places, ascending, by the moment from which on their release is served; the first is the start."""
        turns = np.maximum(stream.time_ms[places] - start_ms - 1, 0) // self._every_ms
        for turn in np.unique(turns).tolist():
            yield start_ms + turn * self._every_ms, places[turns == turn]

    def folder(self, origin: Path, name: str, start_ms: int, at_ms: int) -> Path:
        """A release as of a moment; at the start it is the folder itself."""
        if at_ms <= start_ms:
            return origin
        if self._names is None:
            self._names = Names.of(self._dataset)
        out = self._scratch / name / str(at_ms)
        assemble_from(origin, self._dataset, at_ms, out, self._names)
        return out
