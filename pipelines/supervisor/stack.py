"""The components of the local stack with their environments: the API, Airflow's database, and Airflow's parts."""

import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from pipelines.raw_files.arrival import is_watched
from pipelines.registry import use_cases
from pipelines.supervisor.components import Component
from pipelines.supervisor.credentials import ADMIN, SERVICE, Credentials, write_passwords
from pipelines.supervisor.stack_settings import HOST, ROOT, StackSettings
from script_shared.addresses import sqlite_address
from script_shared.settings import load_settings

BEHIND = 10  # trainings run below the scheduler; requests do not wait for them


class Stack:
    """Makes the components, each with its command and environment."""

    def __init__(self, stack_settings: StackSettings, credentials: Credentials) -> None:
        self._stack_settings = stack_settings
        self._airflow = airflow_environment(stack_settings, credentials, os.environ)
        self._api = api_environment(stack_settings, credentials, os.environ)

    def api(self) -> Component:
        """The API; it waits for a release by itself."""
        return self._component("api", self._api, "app")

    def migration(self) -> Component:
        """Makes or upgrades Airflow's database, and ends."""
        return self._component("airflow-db-migrate", self._airflow, "airflow", "db", "migrate")

    def airflow(self) -> list[Component]:
        """API server (with the UI), scheduler and DAG processor; the triggerer only where a landing folder is watched.

        The scheduler's log server would listen on every address; the API server reads the log files itself.
        """
        parts = [("api-server",), ("scheduler", "--skip-serve-logs"), ("dag-processor",)]
        settings = load_settings()
        if any(is_watched(case, settings) for case in use_cases(settings).values()):
            parts.append(("triggerer", "--skip-serve-logs"))
        made = [self._component(f"airflow-{part[0]}", self._airflow, "airflow", *part) for part in parts]
        made[0].patient = False  # it takes seconds to end, and all that it knows is in the database
        made[1].nice = BEHIND
        return made

    def _component(self, name: str, environment: dict[str, str], *module: str) -> Component:
        command = (sys.executable, "-m", *module)
        return Component(name, command, environment, self._stack_settings.state / "logs" / f"{name}.log")


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


def airflow_environment(
    stack_settings: StackSettings, credentials: Credentials, inherited: Mapping[str, str]
) -> dict[str, str]:
    """SQLite, LocalExecutor, the UI with a login, everything on the loopback address."""
    home = stack_settings.airflow_home
    return common_environment(inherited) | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": sqlite_address(home / "airflow.db"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "pipelines" / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "3",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{stack_settings.airflow_url}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": credentials.fernet_key,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin,{SERVICE}:user",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(write_passwords(stack_settings.state, credentials)),
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(stack_settings.airflow_port),
        "AIRFLOW__API__BASE_URL": stack_settings.airflow_url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": credentials.api_secret,
        "AIRFLOW__API_AUTH__JWT_SECRET": credentials.jwt_secret,
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PAUTA_MLFLOW_URI": inherited.get("PAUTA_MLFLOW_URI", "embedded"),
    }


def api_environment(
    stack_settings: StackSettings, credentials: Credentials, inherited: Mapping[str, str]
) -> dict[str, str]:
    """The API's environment; an admin token that is already set is kept."""
    return common_environment(inherited) | {
        "PAUTA_HOST": HOST,
        "PAUTA_PORT": str(stack_settings.port),
        "PAUTA_AIRFLOW_URL": stack_settings.airflow_url,
        "PAUTA_AIRFLOW_USERNAME": SERVICE,
        "PAUTA_AIRFLOW_PASSWORD": credentials.service_password,
        "PAUTA_ADMIN_TOKEN": inherited.get("PAUTA_ADMIN_TOKEN") or credentials.admin_token,
    }


def common_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The inherited environment without Airflow's settings, so that another Airflow of the same user is not touched.

    Args:
        inherited: variables by name.

    Returns:
        variables by name.
    """
    kept = {key: value for key, value in inherited.items() if not key.startswith(("AIRFLOW_", "_AIRFLOW_"))}
    local = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), HOST, "localhost")))
    path = os.pathsep.join(filter(None, (str(ROOT), kept.get("PYTHONPATH"))))
    programs = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), kept.get("PATH"))))
    threads = {"OPENBLAS_NUM_THREADS": "1"}  # implicit asks for it: its own threads and OpenBLAS's would fight
    return threads | kept | {"NO_PROXY": local, "no_proxy": local, "PYTHONPATH": path, "PATH": programs}
