"""One `make run` from start to stop: check, start, make or find the releases, greet, watch."""

import time
from contextlib import closing
from datetime import UTC, datetime

from pipelines.registry import find
from pipelines.supervisor.airflow import AirflowRest
from pipelines.supervisor.api import ApiRest
from pipelines.supervisor.checks import check_configuration, check_libraries, check_ports
from pipelines.supervisor.components import ComponentGroup
from pipelines.supervisor.console import say, say_block
from pipelines.supervisor.credentials import ADMIN, Credentials, load_credentials
from pipelines.supervisor.first_release import FirstRelease, clean_up, promoted_releases
from pipelines.supervisor.stack import Database, Stack
from pipelines.supervisor.stack_settings import StackSettings
from pipelines.supervisor.until_stopped import run_until_stopped
from script_shared.settings import Settings, load_settings

START_SECONDS = 180.0
WATCH_SECONDS = 0.5


def supervise(stack_settings: StackSettings) -> int:
    """Run the stack until it is asked to stop; the exit code is 0 then, and 1 when something failed."""
    return run_until_stopped(stack_settings.state, lambda components: _run(stack_settings, load_settings(), components))


def _run(stack_settings: StackSettings, settings: Settings, components: ComponentGroup) -> None:
    check_libraries()
    check_ports(stack_settings)
    check_configuration(settings)
    credentials, earlier = load_credentials(stack_settings.state), promoted_releases(settings)
    stack = Stack(stack_settings, credentials)
    components.start(stack.api())
    _start_airflow(components, stack, Database(stack_settings))
    with (
        closing(ApiRest(stack_settings.api_url)) as api,
        closing(AirflowRest(stack_settings.airflow_url, ADMIN, credentials.admin_password)) as airflow,
    ):
        first, *others = (
            FirstRelease(find(settings, name), settings, components, api, airflow, version)
            for name, version in earlier.items()
        )
        if first.promoted:
            first.greet()
        _wait_for_airflow(components, airflow)
        if not first.promoted:
            first.make_or_wait()
        say_block(_addresses(stack_settings, credentials, settings))
        for other in others:  # not before: they would share the cores with the first release
            other.make_or_say()
    while True:
        components.watch()
        time.sleep(WATCH_SECONDS)


def _start_airflow(components: ComponentGroup, stack: Stack, database: Database) -> None:
    if not database.ready:
        say("making Airflow's database")
        database.clear()
        components.run_once(stack.migration())
        database.set_ready()
    for component in stack.airflow():
        components.start(component)


def _wait_for_airflow(components: ComponentGroup, airflow: AirflowRest) -> None:
    started = datetime.now(UTC)
    say("waiting for Airflow")
    components.wait_for("Starting Airflow", lambda: airflow.healthy() or None, START_SECONDS)
    clean_up(airflow, started)


def _addresses(stack_settings: StackSettings, credentials: Credentials, settings: Settings) -> str:
    """Where to look next. The embedded MLflow has no server until a person wants to look."""
    trainings = settings.mlflow_address or "not tracked (PAUTA_MLFLOW_URI)"
    if settings.mlflow_uri in (None, "embedded"):
        trainings = "make mlflow-ui"
    return f"""
  Front page        {stack_settings.api_url}/           (documentation: {stack_settings.api_url}/docs)
  Airflow           {stack_settings.airflow_url}/           login {ADMIN}, password {credentials.admin_password}
  Trainings         {trainings}
  Admin token       {stack_settings.state / "credentials.json"} ("admin_token")
  Logs              {stack_settings.state / "logs"}

  Ctrl-C stops everything."""
