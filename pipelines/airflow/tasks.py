"""The TaskFlow tasks of the DAGs: one per step, mapped over its parts if it has some."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.airflow.steps import Facts, data_run_id, refined_run_id, run_step
from pipelines.use_case import Step, UseCase

TIMEOUTS = {"download": timedelta(hours=6)}


def steps_text(steps: Sequence[Step]) -> str:
    """The steps as a list for the documentation of their DAG."""
    return "\n".join(f"- `{step.name}` {step.about}".rstrip() for step in steps)


def data_task(case: UseCase, step: Step, outlet: Asset | None = None) -> Any:
    """A step of the data DAG; the last one announces the run through its outlet.

    Args:
        case: the use case.
        step: one of ``case.data_steps``.
        outlet: the asset of the refined data, for the last step only.
    """

    @task(task_id=step.name, outlets=_outlets(outlet), execution_timeout=_timeout(step.name))
    def data_step() -> Facts:
        context = get_current_context()
        facts = run_step(case, step, data_run_id(context), context)
        _announce(outlet, facts)
        return facts

    return data_step()


def choose_run_task(case: UseCase, asset: Asset) -> Any:
    """The first task of training: which run it trains on; the tasks after it read its answer."""

    @task
    def choose_run() -> str:
        return refined_run_id(case, asset, get_current_context())

    return choose_run()


def training_task(case: UseCase, step: Step, outlet: Asset | None = None) -> Any:
    """A step of the training DAG, one mapped task per part where it has parts.

    Args:
        case: the use case.
        step: one of ``case.training_steps``.
        outlet: the asset of the release, for the step that publishes only.
    """

    @task(task_id=step.name, outlets=_outlets(outlet), execution_timeout=_timeout(step.name))
    def training_step() -> Facts:
        facts = run_step(case, step, _chosen_run(), get_current_context())
        _skip_if_refused(facts)
        _announce(outlet, facts)
        return facts

    @task(task_id=step.name, map_index_template="{{ part_name }}", execution_timeout=_timeout(step.name))
    def training_part(part: str) -> Facts:
        context = get_current_context()
        context["part_name"] = part  # type: ignore[typeddict-unknown-key]  # read by map_index_template
        return run_step(case, step, _chosen_run(), context, part)

    return training_part.expand(part=list(step.parts)) if step.parts else training_step()


def last_task(case: UseCase, step: Step) -> Any:
    """A step that runs even if the others failed, and whose own failure does not fail the run."""

    @task(task_id=step.name, execution_timeout=_timeout(step.name))
    def last_step() -> Facts:
        return run_step(case, step, _chosen_run(), get_current_context())

    return last_step().as_teardown()


def _chosen_run() -> str:
    run_id = get_current_context()["ti"].xcom_pull(task_ids="choose_run")
    if run_id is None:
        raise AirflowSkipException("no run was chosen")
    return str(run_id)


def _skip_if_refused(facts: Facts) -> None:
    """Show a promotion that was refused as a skipped task: nothing failed, and no new release is announced."""
    if facts.get("promoted") is False:
        get_current_context()["ti"].xcom_push(key="return_value", value=facts)
        raise AirflowSkipException(f"not promoted: {facts.get('reason', 'the gate refused the candidate')}")


def _outlets(outlet: Asset | None) -> list[Asset]:
    return [outlet] if outlet else []


def _announce(outlet: Asset | None, facts: Facts) -> None:
    if outlet is not None:
        get_current_context()["outlet_events"][outlet].extra = facts


def _timeout(name: str) -> timedelta:
    return TIMEOUTS.get(name, timedelta(hours=2))
