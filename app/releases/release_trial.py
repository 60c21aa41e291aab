"""How a release is tried before it is put into service, in a process of its own that may crash."""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import Any

from script_shared.errors import PautaError
from script_shared.releases import Manifest


class ReleaseTrial(ABC):
    """One release on trial, made in the process of ``app.release_check``.

    Args:
        given: the ``trial_input`` of the use case's loader.

    Attributes:
        parts: why an optional part cannot be used, by part; ``run`` fills it.
    """

    def __init__(self, given: Any) -> None:
        self.parts: dict[str, str] = {}

    @abstractmethod
    def run(self, folder: Path, manifest: Manifest, without: Collection[str]) -> None:
        """Load the release and use it as requests will.

        Call ``say(stage=part)`` before an optional part is read: if this process crashes then, the release is tried
        again without that part.

        Args:
            without: optional parts that are left out.

        Raises:
            Exception: any error that the release causes.
        """


def say(**said: Any) -> None:
    """Print one line, which the service reads.

    Args:
        **said: JSON values by name.
    """
    print(json.dumps(said), flush=True)


def describe(error: BaseException) -> str:
    """The problem as a sentence.

    Args:
        error: what stopped the trial.
    """
    return str(error) if isinstance(error, PautaError) else f"{type(error).__name__}: {error}"
