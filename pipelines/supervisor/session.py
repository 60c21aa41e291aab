"""One `make run` from start to stop: check, start, make or find the releases, greet, watch."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from pipelines.registry import find
from pipelines.supervisor.checks import check_configuration, check_libraries
from pipelines.supervisor.component_group import ComponentGroup
from pipelines.supervisor.console import say
from pipelines.supervisor.first_release import FirstRelease, promoted
from pipelines.supervisor.first_run import clean_up
from pipelines.supervisor.greeting import show_addresses
from pipelines.supervisor.rest.airflow import AirflowRest
from pipelines.supervisor.rest.api import ApiRest
from pipelines.supervisor.settings.credentials import ADMIN, load_credentials
from pipelines.supervisor.settings.ports import check_ports
from pipelines.supervisor.settings.stack_settings import StackSettings
from pipelines.supervisor.signals import StopRequestedError, ignore_signals, stop_on_signals
from pipelines.supervisor.stack import Database, Stack
from script_shared.errors import PautaError, SettingsError
from script_shared.settings import Settings, load_settings

START_SECONDS = 180.0
WATCH_SECONDS = 0.5


def supervise(stack_settings: StackSettings) -> int:
    """Run the stack until it is asked to stop; the exit code is 0 then, and 1 when something failed."""
    stop_on_signals()
    components = ComponentGroup()
    failed = 1
    try:
        with _alone(stack_settings):
            _run(stack_settings, load_settings(), components)
    except StopRequestedError:
        say("stopping")
        failed = 0
    except PautaError as error:
        say(error.logged)
    finally:
        ignore_signals()
        _stop(components)
    return failed


def _stop(components: ComponentGroup) -> None:
    """Stop what was started, and report when it has stopped."""
    left = components.stop()
    if left:
        say(f"these processes could not be ended: {', '.join(map(str, left))}")
    elif components.started:
        say("everything is stopped")


def _run(stack_settings: StackSettings, settings: Settings, components: ComponentGroup) -> None:
    check_libraries()
    check_ports(stack_settings)
    check_configuration(settings)
    credentials, earlier = load_credentials(stack_settings.state), promoted(settings)
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
            first.make()
        show_addresses(stack_settings, credentials, settings)
        for other in others:  # not before: they would share the cores with the first release
            other.make_or_say()
    while True:
        components.watch()
        time.sleep(WATCH_SECONDS)


def _wait_for_airflow(components: ComponentGroup, airflow: AirflowRest) -> None:
    started = datetime.now(UTC)
    say("waiting for Airflow")
    components.wait_for("Starting Airflow", lambda: airflow.healthy() or None, START_SECONDS)
    clean_up(airflow, started)


def _start_airflow(components: ComponentGroup, stack: Stack, database: Database) -> None:
    if not database.ready:
        say("making Airflow's database")
        database.clear()
        components.run_once(stack.migration())
        database.set_ready()
    for component in stack.airflow():
        components.start(component)


@contextmanager
def _alone(stack_settings: StackSettings) -> Iterator[None]:
    """Hold the lock of this checkout; it is released however the process ends.

    Raises:
        SettingsError: another supervisor holds it.
    """
    stack_settings.state.mkdir(parents=True, exist_ok=True)
    with (stack_settings.state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip()
            raise SettingsError(
                f"Pauta is already running in this checkout (process {pid}).", fix=f"Stop it: kill {pid}"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getppid()))
        lock.flush()
        yield
