"""An installation of news in a folder of its own, whose steps, guard and monitoring run as the tasks of the DAGs do."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.configuration import note_configuration
from pipelines.decisions import by_command, note_step
from pipelines.guard.look import Look, look
from pipelines.monitoring.trigger import Trigger, decide
from pipelines.registry import find
from pipelines.use_case import Options
from script_shared.addresses import sqlite_address
from script_shared.settings import Settings, load_settings

PLACES = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
NEWS, MONITORING = "news", "dag:news_monitoring"


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
        self.env |= {"PAUTA_USE_CASES": NEWS, "PAUTA_MLFLOW_URI": "off", "OPENBLAS_NUM_THREADS": "1"}
        self.env |= {"PAUTA_EVENTS_URI": sqlite_address(self.work / "events.db")}

    def settings(self) -> Settings:
        """The settings, which hold for this process from now on."""
        os.environ.update(self.env)
        return load_settings()

    def steps(self, run: str, names: tuple[str, ...], force: str | None = None) -> dict[str, Any]:
        """Run steps of news, each as its task does, with its entry in the record of decisions.

        Args:
            run: id of the run.
            names: of the steps.
            force: ``promote`` or ``refuse`` overrules the gate.

        Returns:
            facts by step.
        """
        settings = self.settings()
        case, facts = find(settings, NEWS), dict[str, Any]()
        for step in (case.step(name) for name in names):
            context = case.context(settings, run, Options(force=force))
            by = f"dag:news_{'data' if step in case.data_steps else 'training'}"
            note_configuration(context, by)
            parts = [step.action(context, part) for part in step.parts]
            facts[step.name] = parts[0] if parts else step.action(context)
            note_step(case, context, step, facts[step.name], by, "started by the benchmark")
        return facts

    def guard(self) -> Look:
        """What the live guard finds and does."""
        settings = self.settings()
        case = find(settings, NEWS)
        return look(case, case.context(settings, "guard"))

    def decide(self, now: datetime) -> Trigger:
        """Whether the monitoring starts a training.

        Args:
            now: the moment of the decision.
        """
        settings = self.settings()
        case = find(settings, NEWS)
        return decide(case, case.context(settings, "monitoring"), by=by_command(), busy=False, now=now)

    def command(self, *arguments: str) -> str:
        """What ``python -m pipelines`` prints.

        Args:
            arguments: of the command.

        Raises:
            CalledProcessError: the command failed.
        """
        called = [sys.executable, "-m", "pipelines", *arguments]
        return subprocess.run(called, env={**os.environ, **self.env}, capture_output=True, text=True, check=True).stdout
