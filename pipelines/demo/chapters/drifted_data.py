"""Drifted data: a new school year differs, the drift report finds it, and the monitoring decides to train."""

from pipelines.decisions import by_command
from pipelines.demo.stage import ChapterFailedError, Stage
from pipelines.monitoring.trigger import decide
from pipelines.runs import new_run_id

CASE = "students"


def drifted_data(stage: Stage) -> None:
    """Drop workbooks whose newest year differs, compare them, and carry out the training that the monitoring wants.

    Args:
        stage: of the demo.

    Raises:
        ChapterFailedError: no drift was found, or no training was decided.
    """
    case, run = stage.case(CASE), new_run_id()
    context = stage.context(CASE, run)
    stage.place.landing.mkdir(parents=True, exist_ok=True)
    files = case.function("simulated_drift")(context.params, stage.place.landing)
    stage.note("arrived", files=", ".join(files))
    source = ("--source", str(case.landing_source), "--source-path", str(stage.place.landing))
    stage.command(CASE, "--run-id", run, *source, *_flags([step.name for step in case.data_steps]))
    quality = context.run.facts("quality")
    if not quality["alarm"]:
        raise ChapterFailedError("the drift report raised no alarm")
    stage.note("drifted", columns=", ".join(quality["drifted"]))
    decided = decide(case, context, by=by_command(), busy=False)
    if decided.run_id != run or not decided.dag_id:
        raise ChapterFailedError(f"the monitoring started no training: {decided.note}")
    stage.note("decided", dag=decided.dag_id)
    stage.command(CASE, "--run-id", run, *_flags([step.name for step in case.training_steps]))
    verdict, pointer = context.run.facts("gated"), context.releases.current()
    stage.show(reasons=verdict["reasons"][:3], release=run)
    if pointer is not None and verdict["accepted"]:
        stage.wait_for_release(CASE, pointer.version)
        stage.note("trained", release=pointer.version)
    else:
        stage.note("trained_refused", release=run)


def _flags(steps: list[str]) -> list[str]:
    return [flag for step in steps for flag in ("--step", step)]
