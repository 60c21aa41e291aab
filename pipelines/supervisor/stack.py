"""The components of the local stack: the API, the preparation of Airflow's database, and Airflow's three."""

import os
import sys
from importlib.metadata import version

from pipelines.arrival import is_watched
from pipelines.registry import use_cases
from pipelines.supervisor.component import Component
from pipelines.supervisor.settings.credentials import Credentials
from pipelines.supervisor.settings.environment import airflow_environment, api_environment
from pipelines.supervisor.settings.stack_settings import StackSettings
from script_shared.settings import load_settings

BEHIND = 10  # trainings run below the scheduler; requests do not wait for them


class Stack:
    """Makes the components, each with its command and environment."""

    def __init__(self, stack_settings: StackSettings, credentials: Credentials) -> None:
        self._stack_settings = stack_settings
        self._airflow = airflow_environment(stack_settings, credentials, os.environ)
        self._api = api_environment(stack_settings, credentials, os.environ)

    def api(self) -> Component:
        """The recommendation API; it waits for a release by itself."""
        return self._component("api", self._api, "app")

    def migration(self) -> Component:
        """Makes or upgrades Airflow's database, and ends."""
        return self._component("airflow-db-migrate", self._airflow, "airflow", "db", "migrate")

    def airflow(self) -> list[Component]:
        """API server (with the UI), scheduler and DAG processor; the triggerer only where a landing folder is watched.

        The scheduler's log server would listen on every address; the API server reads the log files itself.
        """
        parts = [("api-server",), ("scheduler", "--skip-serve-logs"), ("dag-processor",)]
        if _watches():
            parts.append(("triggerer", "--skip-serve-logs"))
        made = [self._component(f"airflow-{part[0]}", self._airflow, "airflow", *part) for part in parts]
        made[0].patient = False  # it takes seconds to end, and all that it knows is in the database
        made[1].nice = BEHIND
        return made

    def _component(self, name: str, environment: dict[str, str], *module: str) -> Component:
        command = (sys.executable, "-m", *module)
        return Component(name, command, environment, self._stack_settings.state / "logs" / f"{name}.log")


def _watches() -> bool:
    """Whether a use case waits for files."""
    settings = load_settings()
    return any(is_watched(case, settings) for case in use_cases(settings).values())


class Database:
    """Whether Airflow's database is ready, by a stamp beside it: asking Airflow itself takes seconds."""

    def __init__(self, stack_settings: StackSettings) -> None:
        self._file = stack_settings.airflow_home / "airflow.db"
        self._stamp = stack_settings.airflow_home / "migrated"
        self._version = version("apache-airflow")

    @property
    def ready(self) -> bool:
        return self._file.is_file() and self._stamp.is_file() and self._stamp.read_text() == self._version

    def clear(self) -> None:
        """Remove the remains of an interrupted migration; a database that was ready is kept."""
        if not self._stamp.is_file():
            for file in self._file.parent.glob("airflow.db*"):
                file.unlink()

    def set_ready(self) -> None:
        self._stamp.write_text(self._version)
