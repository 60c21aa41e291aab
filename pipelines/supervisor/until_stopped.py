"""Runs components until a person stops them, and ends every process that is left."""

from collections.abc import Callable
from pathlib import Path

from pipelines.supervisor.components import ComponentGroup
from pipelines.supervisor.console import say
from pipelines.supervisor.lock import alone
from pipelines.supervisor.parent_process import StopRequestedError, ignore_signals, stop_on_signals
from script_shared.errors import PautaError


def run_until_stopped(folder: Path, run: Callable[[ComponentGroup], None]) -> int:
    """Call ``run`` and stop its components afterwards, whatever ended it.

    Args:
        folder: of the state; only one process at a time may use it.
        run: starts components and follows them.

    Returns:
        exit code: 0 after a stop, 1 when something failed.
    """
    stop_on_signals()
    components = ComponentGroup()
    failed = 1
    try:
        with alone(folder):
            run(components)
    except StopRequestedError:
        say("stopping")
        failed = 0
    except PautaError as error:
        say(error.log_text)
    finally:
        ignore_signals()
        if left := components.stop():
            say(f"these processes could not be ended: {', '.join(map(str, left))}")
        elif components.components:
            say("everything is stopped")
    return failed
