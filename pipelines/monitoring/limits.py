"""How many trainings may start by themselves: the memory of earlier ones, a cool-down, and a number a day."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from script_shared.clock import EARLY_MS
from script_shared.errors import InputError
from script_shared.params.loop import MonitoringParams

FILE = "monitoring.json"  # in the data folder of the use case
DAY = timedelta(days=1)
EARLY = timedelta(milliseconds=EARLY_MS)
MOST = 100  # trainings that are remembered
Training = dict[str, Any]


@dataclass
class Memory:
    """The trainings that were started before.

    Attributes:
        path: of the file.
        trainings: oldest first: ``at`` (ISO 8601), ``cause``, ``why``, ``run_id``, ``dag_id`` (to start), ``key`` (of
            the decision) and ``reasons`` (figures).
    """

    path: Path
    trainings: list[Training] = field(default_factory=list)

    @classmethod
    def load(cls, folder: Path) -> "Memory":
        """What the data folder of a use case remembers.

        Raises:
            InputError: the file is damaged.
        """
        path = folder / FILE
        try:
            trainings = json.loads(path.read_text(encoding="utf-8"))["trainings"]
            [datetime.fromisoformat(each["at"]) for each in trainings]
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} is damaged ({type(error).__name__}).", fix="Delete it.") from error
        return cls(path, trainings)

    def add(self, training: Training) -> None:
        """Remember one more; the file is replaced as a whole."""
        self.trainings = [*self.trainings, training][-MOST:]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{self.path.name}.partial")
        partial.write_text(json.dumps({"trainings": self.trainings}, indent=1), encoding="utf-8")
        partial.replace(self.path)

    def find(self, key: str) -> Training | None:
        """The training that was decided under the key; None for none, and for the key ""."""
        return next((each for each in reversed(self.trainings) if key and each.get("key") == key), None)

    def refusal(self, params: MonitoringParams, now: datetime) -> str:
        """Why no training may start now; "" if one may. Starts dated ahead were made on a wrong clock: none counts."""
        times = [at for each in self.trainings if (at := datetime.fromisoformat(each["at"])) <= now + EARLY]
        if params.per_day == 0:
            return "monitoring.per_day is 0"
        if times and now < times[-1] + timedelta(hours=params.cool_down_hours):
            return f"the last one was started at {times[-1]:%Y-%m-%d %H:%M} UTC; wait {params.cool_down_hours:g} hours"
        today = sum(now - each < DAY for each in times)
        return f"{today} were started within 24 hours; no more are allowed" if today >= params.per_day else ""
