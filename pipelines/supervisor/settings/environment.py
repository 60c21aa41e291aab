"""The environment that each component gets: Airflow's settings, the shared secrets, Airflow's address for the API."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pipelines.supervisor.settings.credentials import ADMIN, SERVICE, Credentials, write_passwords
from pipelines.supervisor.settings.stack_settings import HOST, ROOT, StackSettings
from script_shared.addresses import sqlite_address

DAGS = ROOT / "pipelines" / "dags"


def common(inherited: Mapping[str, str]) -> dict[str, str]:
    """The inherited environment without Airflow's settings, so that another Airflow of the same user is not touched."""
    kept = {key: value for key, value in inherited.items() if not key.startswith(("AIRFLOW_", "_AIRFLOW_"))}
    local = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), HOST, "localhost")))
    path = os.pathsep.join(filter(None, (str(ROOT), kept.get("PYTHONPATH"))))
    programs = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), kept.get("PATH"))))
    threads = {"OPENBLAS_NUM_THREADS": "1"}  # implicit asks for it: its own threads and OpenBLAS's would fight
    return threads | kept | {"NO_PROXY": local, "no_proxy": local, "PYTHONPATH": path, "PATH": programs}


def airflow_environment(
    stack_settings: StackSettings, credentials: Credentials, inherited: Mapping[str, str]
) -> dict[str, str]:
    """SQLite, LocalExecutor, the UI with a login, everything on the loopback address."""
    home = stack_settings.airflow_home
    return common(inherited) | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": sqlite_address(home / "airflow.db"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
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
    ours = {
        "PAUTA_HOST": HOST,
        "PAUTA_PORT": str(stack_settings.port),
        "PAUTA_AIRFLOW_URL": stack_settings.airflow_url,
        "PAUTA_AIRFLOW_USERNAME": SERVICE,
        "PAUTA_AIRFLOW_PASSWORD": credentials.service_password,
        "PAUTA_ADMIN_TOKEN": inherited.get("PAUTA_ADMIN_TOKEN") or credentials.admin_token,
    }
    return common(inherited) | ours
