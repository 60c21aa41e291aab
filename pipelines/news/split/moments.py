"""The moments of one run: R (end of fitting), T (start of the held-out window), and the end of the data."""

from dataclasses import dataclass
from typing import Any

from pipelines.news.as_of import utc
from pipelines.news.dataset import Dataset
from pipelines.news.split.holdout import split_of
from script_shared.clock import HOUR_MS
from script_shared.news.params import NewsParams


@dataclass(frozen=True)
class Moments:
    """Epoch milliseconds, UTC, ascending.

    Attributes:
        fitted: R, until which the segments' models are fitted; the ranker learns on the reads between R and T.
        split: T, where the held-out window begins.
        end: of the data.
        too_short: why R is T and there is no ranker, "" otherwise.
    """

    fitted: int
    split: int
    end: int
    too_short: str = ""

    def as_facts(self) -> dict[str, Any]:
        """For people."""
        return {"fitted_until": utc(self.fitted), "held_out_from": utc(self.split), "data_end": utc(self.end)}


def moments_of(dataset: Dataset, params: NewsParams) -> Moments:
    """R, T and the end of a data set.

    Where fewer than ``ranking.hours`` hours of reads would be left before R, the models are fitted until T.

    Args:
        dataset: a loaded run.
        params: ``split.window_hours`` and ``ranking.hours``.

    Raises:
        InputError: the data is not longer than the held-out window.
    """
    split, hours = split_of(dataset, params).start_ms, params.ranking.hours
    fitted = split - round(hours * HOUR_MS)
    known_hours = (split - dataset.begin_ms) / HOUR_MS
    if known_hours < 2 * hours:
        why = (
            f"{known_hours:.1f} hours of reads before the held-out window are too few to keep {hours:g} for a ranker; "
            f"set ranking.hours to at most {known_hours / 2:.0f}"
        )
        return Moments(split, split, dataset.end_ms, why)
    return Moments(fitted, split, dataset.end_ms)
