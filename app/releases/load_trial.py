"""The trial of a use case that has none of its own: its loader must load the release."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.metrics.telemetry import Telemetry
from app.registry import find
from app.releases.release_trial import ReleaseTrial, say
from app.use_case import Parts
from script_shared.events import EventLog
from script_shared.releases import Manifest
from script_shared.settings import load_settings
from script_shared.use_case_settings import UseCaseSettings


class LoadTrial(ReleaseTrial):
    """It has no secrets of use cases, so it cannot write to their databases.

    Args:
        given: the setting ``use_cases`` of the service, and the name of one as ``use_case``.
    """

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        own = {name: _without_secrets(settings) for name, settings in load_settings().by_use_case.items()}
        update = {"use_cases": given["use_cases"], "by_use_case": own}
        self._settings = load_settings().model_copy(update=update)
        self._case = find(self._settings, given["use_case"])

    def run(self, folder: Path, manifest: Manifest, without: Collection[str]) -> None:
        """Load it, and write its card.

        Args:
            folder: of the fetched release.
            manifest: of the release.
            without: optional parts to leave out.
        """
        say(stage="release")
        parts = Parts(self._settings, EventLog(self._settings.events_address), Telemetry().own())
        loader = self._case.loader(parts)
        json.dumps(loader.card(loader.load(folder, manifest, without=without)), allow_nan=False)


def _without_secrets(settings: UseCaseSettings) -> UseCaseSettings:
    secret = {name: None for name, value in settings if isinstance(value, SecretStr)}
    return settings.model_copy(update=secret)
