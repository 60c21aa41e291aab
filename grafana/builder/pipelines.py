"""*Pipelines*: whether Airflow runs, what its DAGs did, how long they took, and what waits."""

from grafana_foundation_sdk.builders import dashboard

from grafana.builder.boards import board
from grafana.builder.panels import GOOD_IS_ZERO, Query, bars, graph, number

RUN = "airflow_dagrun_duration"
BEATS = ((None, "red"), (0.001, "green"))


def make() -> dashboard.Dashboard:
    """The dashboard."""
    about = "Airflow: heartbeats, runs and tasks, how long they wait; and backups."
    rows = (("Now", _NOW), ("Runs", _RUNS), ("Tasks", _TASKS), ("Backups", _BACKUPS), ("Airflow itself", _AIRFLOW))
    return board("pauta-pipelines", "Pipelines", about, rows, hours="now-6h", refresh="30s")


def _grown(name: str, by: str = "", window: str = "1h") -> str:
    """By how much a counter grew, also one that began within the window: runs are rare, so the first one must count."""
    over = f" by ({by})" if by else ""
    return f"sum{over} (({name} unless {name} offset {window}) or increase({name}[{window}]))"


def _beats(part: str) -> str:
    """Heartbeats of a part of Airflow per minute."""
    return f"60 * sum(rate(airflow_{part}_heartbeat_total[5m]))"


def _mean(name: str, by: str, window: str = "1h") -> str:
    """Mean seconds of what ended lately; nothing where nothing ended."""
    seconds, ended = (_grown(f"{name}_seconds_{part}", by, window) for part in ("sum", "count"))
    return f"{seconds} / ({ended} > 0)"


def _of_schedule(name: str) -> str:
    """The same of scheduled runs; a name of its own while there was none, so that the panel is not empty."""
    return f'{_mean(name, "dag_id")} or on () label_replace(vector(0), "dag_id", "none was scheduled", "", "")'


def _failed(window: str) -> str:
    """Failed runs by DAG, 0 for those of which some succeeded."""
    failed = _grown(f"{RUN}_failed_seconds_count", "dag_id", window)
    return f"{failed} or 0 * {_grown(f'{RUN}_success_seconds_count', 'dag_id', window)}"


_NOW = (
    number(
        "Scheduler", "Heartbeats per minute.", "cpm", Query(f"{_beats('scheduler')} or vector(0)"),
        steps=BEATS, decimals=1,
    ),
    number(
        "DAG processor", "Heartbeats per minute.", "cpm",
        Query(f"{_beats('dag_processor')} or vector(0)"), steps=BEATS, decimals=1,
    ),
    number("DAGs", "That Airflow knows.", "none", Query("max(airflow_dagbag_size)")),
    number(
        "Import errors", "DAG files that cannot be read.", "none", Query("max(airflow_dag_processing_import_errors)"),
        steps=GOOD_IS_ZERO,
    ),
    number(
        "Runs now", "Active runs of all DAGs.", "none", Query("max(airflow_scheduler_dagruns_running)"),
    ),
    number(
        "Failed runs", "Over the time shown.", "none",
        Query(f"{_grown(f'{RUN}_failed_seconds_count', window='$__range')} or vector(0)"),
        steps=GOOD_IS_ZERO, decimals=0,
    ),
)  # fmt: skip

_RUNS = (
    graph(
        "Duration of successful runs", "Mean of the runs that ended within the last hour.", "s",
        Query(_mean(f"{RUN}_success", "dag_id"), "{{dag_id}}"),
    ),
    graph(
        "Finished runs", "Within the last hour, by DAG.", "none",
        Query(_grown(f"{RUN}_success_seconds_count", "dag_id"), "{{dag_id}}"),
        Query(_failed("1h"), "{{dag_id}} failed"),
    ),
    graph(
        "Schedule lag", "From the due time of a scheduled run to its start; mean of the last hour.", "s",
        Query(_of_schedule("airflow_dagrun_schedule_delay"), "{{dag_id}}"),
    ),
    graph(
        "First task", "From the start of a scheduled run to its first task; mean of the last hour.", "s",
        Query(_of_schedule("airflow_dagrun_first_task_start_delay"), "{{dag_id}}"),
    ),
)  # fmt: skip

_TASKS = (
    graph(
        "Duration of tasks", "Mean of the tasks that ended within the last hour.", "s",
        Query(_mean("airflow_task_duration", "dag_id, task_id"), "{{dag_id}} {{task_id}}"), width=16, height=10,
    ),
    bars(
        "Outcomes", "Of tasks, over the time shown.", "none",
        Query(_grown("airflow_ti_finish_total", "dag_id, state", "$__range"), "{{dag_id}} {{state}}"),
        height=10,
    ),
    graph(
        "Waiting for a slot", "Mean time that tasks were scheduled but not queued.", "s",
        Query(_mean("airflow_task_scheduled_duration", "queue"), "{{queue}}"), width=8,
    ),
    graph(
        "Pool", "Slots that are open, and tasks by state.", "none",
        Query("sum(airflow_pool_open_slots)", "open"),
        Query("sum(airflow_pool_running_slots)", "running"), Query("sum(airflow_pool_queued_slots)", "queued"),
        Query("sum(airflow_pool_scheduled_slots)", "scheduled"), Query("sum(airflow_pool_starving_tasks)", "starving"),
        width=8,
    ),
    graph(
        "Executor", "Tasks that run or wait in the executor, and free slots.", "none",
        Query("sum(airflow_executor_running_tasks)", "running"), Query("sum(airflow_executor_queued_tasks)", "queued"),
        Query("sum(airflow_executor_open_slots)", "open"), width=8,
    ),
)  # fmt: skip

_BACKUPS = (
    number(
        "Age", "Of the newest backup and of the newest one restored without a problem; the limit.", "s",
        Query("time() - max(pauta_backup_timestamp_seconds)", "newest"),
        Query("time() - max(pauta_backup_restorable_timestamp_seconds > 0)", "restorable"),
        Query("max(pauta_backup_max_age_seconds)", "limit"), width=12,
    ),
    number(
        "Trial restore", "1 when the newest backup could not be restored as it was saved.", "none",
        Query("max(pauta_backup_trial_failed)"), steps=GOOD_IS_ZERO, width=3,
    ),
    number("Trial took", "Time of the newest trial restore.", "s", Query("max(pauta_backup_trial_seconds)"), width=3),
    number("Size", "Size of the newest backup.", "bytes", Query("max(pauta_backup_bytes)"), width=3),
    number("Backups", "Backups that are kept.", "none", Query("max(pauta_backup_kept)"), width=3),
)  # fmt: skip

_AIRFLOW = (
    graph(
        "Heartbeats", "Per minute.", "cpm",
        Query(_beats("scheduler"), "scheduler"),
        Query(_beats("dag_processor"), "DAG processor"), width=8,
    ),
    graph(
        "Scheduler's loop", "Time for one round, p95.", "s",
        Query(
            "histogram_quantile(0.95,"
            " sum by (le) (rate(airflow_scheduler_scheduler_loop_duration_seconds_bucket[5m])))",
            "p95",
        ),
        width=8,
    ),
    graph(
        "Parsing DAG files", "Time to parse all files, and the mean of one file.", "s",
        Query("max(airflow_dag_processing_total_parse_time)", "all"),
        Query(_mean("airflow_dag_processing_last_duration", "file_name"), "{{file_name}}"), width=8,
    ),
    graph(
        "Assets", "Asset updates by tasks, and the runs that they started, within the last hour.", "none",
        Query(_grown("airflow_asset_updates_total"), "updates"),
        Query(_grown("airflow_asset_triggered_dagruns_total"), "runs started"), width=24, height=6,
    ),
)  # fmt: skip
