"""The model: the mean of each branch by day of the week. Both training and serving import it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean

from pydantic import Field

from script_shared.errors import ReleaseCorruptError
from script_shared.params import Params
from script_shared.params.loop import MonitoringParams

PARAMS, MONITORED_PARAMS = (Path(__file__).with_name(name) for name in ("loans.toml", "monitored.toml"))
FILE = "forecast.json"
Row = tuple[date, str, int]  # day, branch, loans


class ReleasesParams(Params):
    """How many releases and runs stay."""

    keep: int = Field(gt=0)
    keep_runs: int = Field(gt=0)


class LoansParams(Params):
    """All that is tuned."""

    held_out_days: int = Field(gt=0)
    tolerance: float = Field(ge=0, lt=1)
    releases: ReleasesParams


class MonitoredLoansParams(LoansParams):
    """The same, and when a training starts by itself."""

    monitoring: MonitoringParams


@dataclass(frozen=True)
class Forecast:
    """Seven means for each branch, Monday first, and the last day that they know."""

    means: dict[str, list[float]]
    until: date

    @classmethod
    def fit(cls, rows: Sequence[Row]) -> "Forecast":
        """The means of the rows; a weekday without a row gets the mean of the branch."""
        by_branch: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_branch[row[1]].append(row)
        means = {name: [_mean(mine, weekday) for weekday in range(7)] for name, mine in sorted(by_branch.items())}
        return cls(means, max(day for day, _, _ in rows))

    def predict(self, branch: str, day: date) -> float:
        """Loans of a known branch on a day."""
        return self.means[branch][day.weekday()]

    @property
    def tomorrow(self) -> date:
        """The day after the last one it knows."""
        return self.until + timedelta(days=1)

    def save(self, folder: Path) -> None:
        """Write it as JSON."""
        content = {"means": self.means, "until": self.until.isoformat()}
        (folder / FILE).write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Forecast":
        """Read what ``save`` wrote.

        Raises:
            ReleaseCorruptError: it is something else.
        """
        try:
            content = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(content["means"], date.fromisoformat(content["until"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseCorruptError(f"{FILE}: is no forecast.", fix="Train again.") from error


def _mean(rows: Sequence[Row], weekday: int) -> float:
    return fmean([n for day, _, n in rows if day.weekday() == weekday] or [n for _, _, n in rows])
