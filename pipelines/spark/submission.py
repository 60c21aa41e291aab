"""Submits a step to Spark by Airflow's own provider."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipelines.spark.session import ROOT, check_java
from pipelines.spark.submitted import arguments
from pipelines.use_case import Context, Step
from script_shared import errors
from script_shared.errors import PautaError, SettingsError

CONNECTION = "pauta_spark"
PROGRAM = ROOT / "pipelines" / "spark" / "submitted.py"


def submit_step(context: Context, step: Step, part: str | None = None) -> dict[str, Any]:
    """Run a step in a process that ``spark-submit`` starts, and wait for it; its log becomes the task's.

    Args:
        context: the run, its settings and options; params are read again from their file.
        step: a step that runs on Spark.
        part: one of the step's parts, None for a step without parts.

    Returns:
        the step's facts.

    Raises:
        SettingsError: Airflow's provider for Spark or, with a master ``k8s://``, for Kubernetes is missing, or Java is.
        PautaError: the step raised it.
    """
    hook_kind = _hook_kind(context.settings.spark_master)
    check_java()
    run_id = context.run.run_id
    with tempfile.TemporaryDirectory(prefix="pauta-spark-") as folder:
        problem = Path(folder, "problem.json")
        hook = hook_kind(
            conn_id=CONNECTION,
            name=" ".join(filter(None, (step.name, part, context.use_case, run_id))),
            application_args=arguments(context.use_case, run_id, step.name, part, context.options, problem),
        )
        try:
            hook.submit(str(PROGRAM), env={**os.environ, **_environment()})
        except Exception as error:
            raise (_problem(problem) or error) from error
    return context.run.facts(step.folder, part)


def _hook_kind(master: str) -> Any:
    """The class of the provider's hook, with a connection to the master in the environment."""
    try:
        from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
    except ImportError as error:
        raise SettingsError(
            "PAUTA_ENGINE is spark, and Airflow's provider for Spark is not installed.",
            fix="Install it beside the other packages: pip install --no-deps -r requirements_spark.txt.",
        ) from error
    if master.startswith("k8s://"):
        _check_kubernetes(master)
    os.environ[f"AIRFLOW_CONN_{CONNECTION.upper()}"] = json.dumps({"conn_type": "spark", "host": master})
    return SparkSubmitHook


def _check_kubernetes(master: str) -> None:
    try:
        import airflow.providers.cncf.kubernetes.kube_client  # noqa: F401
    except ImportError as error:
        raise SettingsError(
            f"PAUTA_SPARK_MASTER is {master}, and Airflow's provider for Kubernetes is not installed.",
            fix="Build the image of Airflow with KUBERNETES=1 and SPARK=1, see docs/spark.md.",
        ) from error


def _environment() -> dict[str, str]:
    """Where ``spark-submit`` is, and which Python and which code it uses.

    The driver runs in the process that the hook starts, so these are variables of that process. With a master ``k8s://``,
    the hook would give its own ``env_vars`` only to drivers in pods that Spark starts.
    """
    paths = {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(ROOT)}
    found = {name: os.pathsep.join(filter(None, [first, os.environ.get(name)])) for name, first in paths.items()}
    return {"PYSPARK_PYTHON": sys.executable, **found}


def _problem(file: Path) -> PautaError | None:
    """The error that the step wrote to its file."""
    if not file.is_file():
        return None
    said = json.loads(file.read_text(encoding="utf-8"))
    kind: type[PautaError] = getattr(errors, said["kind"], PautaError)
    return kind(said["message"], fix=said["fix"])
