"""Compares settings and params with those that pipelines recorded last."""

import logging

from pipelines.use_case import Context
from script_shared.errors import PautaError

log = logging.getLogger("pauta.pipelines")


def note_configuration(context: Context, by: str) -> None:
    """Record what differs from the last run of the use case, as one entry; a failure is logged and stops nothing.

    Args:
        context: with the settings, and the params that this run uses.
        by: ``dag:`` or ``command:`` and a name.
    """
    from script_shared.audit.trail import follow_once
    from script_shared.decisions.configuration import configuration_of  # here, because Airflow imports DAG files often

    name = context.use_case
    if not context.settings.events_uri:
        context.settings.data_dir.mkdir(parents=True, exist_ok=True)  # the log is a file in it
    found = configuration_of(context.settings, {name: context.params})
    try:
        follow_once(context.settings, f"pipelines:{name}", by, found, name)
    except PautaError as error:
        log.warning("settings are not compared with those of the last run: %s", error.log_text)
