"""The trigger that looks for new files, and the asset that it announces them on; Airflow's triggerer runs it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.sdk import Asset, AssetWatcher
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from pipelines.raw_files.arrival import find_arrival
from pipelines.registry import find
from script_shared.settings import load_settings

SECONDS = 30.0  # between two checks


class ArrivalTrigger(BaseEventTrigger):
    """Announces files that no run has used, once two checks in a row find the same: an upload may take a while.

    Args:
        use_case: whose source it looks at.
        seconds: between two checks.
    """

    def __init__(self, use_case: str, seconds: float = SECONDS) -> None:
        super().__init__()
        self.use_case, self.seconds = use_case, seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Its class and arguments, as the database keeps them."""
        name = f"{type(self).__module__}.{type(self).__qualname__}"
        return name, {"use_case": self.use_case, "seconds": self.seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Check again and again; the same files are announced once."""
        seen = announced = None
        while True:
            found = await asyncio.to_thread(self._find_arrival)
            if found is not None and found == seen and found != announced:
                announced = found
                yield TriggerEvent({"fingerprint": found})
            seen = found
            await asyncio.sleep(self.seconds)

    def _find_arrival(self) -> str | None:
        settings = load_settings()
        return find_arrival(find(settings, self.use_case), settings)


def landing(use_case: str) -> Asset:
    """Files that arrived for a use case."""
    watcher = AssetWatcher(name=f"{use_case}_arrival", trigger=ArrivalTrigger(use_case))
    return Asset(name=f"{use_case}_landing", uri=f"pauta://{use_case}/landing", group="pauta", watchers=[watcher])
