"""An installation of news in a folder of its own, whose commands are run as a person would."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from script_shared.addresses import sqlite_address

PLACES = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}


class Installation:
    """Where one benchmark keeps its data.

    Args:
        work: the folder.
        settings: more settings, such as ``PAUTA_CLOCK``.

    Attributes:
        env: all settings, as environment variables.
    """

    def __init__(self, work: Path, settings: dict[str, str]) -> None:
        self.work = work.absolute()
        self.env = {f"PAUTA_{name}": str(self.work / folder) for name, folder in PLACES.items()} | settings
        self.env |= {"PAUTA_USE_CASES": "news", "PAUTA_MLFLOW_URI": "off", "OPENBLAS_NUM_THREADS": "1"}
        self.env |= {"PAUTA_EVENTS_URI": sqlite_address(self.work / "events.db")}

    def steps(self, run: str, names: tuple[str, ...], *flags: str) -> dict[str, Any]:
        """Run steps of news as the DAGs do, in a process of their own.

        Args:
            run: id of the run.
            names: of the steps.
            flags: more flags of the command.

        Returns:
            facts by step.
        """
        chosen = [flag for name in names for flag in ("--step", name)]
        facts: dict[str, Any] = json.loads(
            self.command("-m", "pipelines", "news", "--run-id", run, "--json", *chosen, *flags)
        )
        return facts

    def command(self, *arguments: str, check: bool = True) -> str:
        """What a Python command prints.

        Args:
            arguments: of the interpreter.
            check: whether an exit code other than 0 is an error.

        Raises:
            RuntimeError: the command failed; with the end of its log.
        """
        env = {**os.environ, **self.env}
        done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout
