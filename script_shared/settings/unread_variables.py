"""Variables that look like settings and that nothing reads, such as misspelt ones."""

import os
from collections.abc import Iterable
from difflib import get_close_matches

from script_shared.use_case_settings import PREFIX, hosted_use_cases, variables

READ_ELSEWHERE = (  # by the API's start, `make run`, tests, and the compose file
    *("HOST", "PORT", "WORKERS", "HOME", "REAL_DATA", "STANDINS", "EXPERIMENT_SET"),
    *("BIND", "AIRFLOW_PORT", "GRAFANA_PORT", "PROMETHEUS_PORT", "MLFLOW_PORT", "MLFLOW_HOSTS", "INPUT_DIR"),
    *("AIRFLOW_ADMIN_PASSWORD", "GRAFANA_PASSWORD", "PROXY_PASSWORD", "API_REPLICAS", "API_MEMORY", "TRAINING_MEMORY"),
    *("ENCODERS", "BACKUP_FOLDER"),
    *("EXECUTOR", "PARALLELISM", "AIRFLOW_WORKERS", "WORKER_CONCURRENCY", "METRICS_RETENTION"),
    *("ALERTMANAGER_PORT", "ALERTMANAGER_PUBLIC_URL", "PROMETHEUS_PUBLIC_URL"),
)
FAMILIES = ("TEST_", "BENCH_", "ALERT_")


def unread_variables(environment: Iterable[str], fields: Iterable[str]) -> list[str]:
    """A sentence for each variable with the prefix of this service that nothing reads.

    Args:
        environment: names of variables.
        fields: names of the settings' fields.

    >>> unread_variables(["PAUTA_SOURCE", "PAUTA_SORCE_PATH", "HOME"], ["source", "source_path"])
    ['PAUTA_SORCE_PATH is not a setting and is ignored. Did you mean PAUTA_SOURCE_PATH?']
    """
    settings = [PREFIX + name.upper() for name in fields] + list(variables(hosted_use_cases(os.environ)))
    elsewhere = {PREFIX + name for name in READ_ELSEWHERE}
    families = tuple(PREFIX + family for family in FAMILIES)
    found = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in (*settings, *elsewhere) and not name.startswith(families):
            close = get_close_matches(name, settings, 1)
            hint = f" Did you mean {close[0]}?" if close else " docs/configuration.md lists the settings."
            found.append(f"{name} is not a setting and is ignored.{hint}")
    return found
