"""Runs a use case's steps without Airflow: in order, the parts of a step in parallel processes."""

import sys
import time
from itertools import accumulate
from typing import Any

from pipelines.configuration import note_configuration
from pipelines.decisions import by_command, note_step
from pipelines.processes.new_processes import new_processes
from pipelines.tracing.step_spans import step_span
from pipelines.use_case import Context, Step, UseCase

WIDTH = 160  # characters of facts in a line
_DULL = ("run_id", "step", "finished_at")  # facts of every step


def run_steps(
    case: UseCase, context: Context, names: tuple[str, ...], *, workers: int = 2
) -> dict[str, dict[str, Any]]:
    """Run the named steps and return their facts, by step; progress goes to stderr.

    Args:
        case: whose steps are run.
        context: the run, its settings, params and options.
        names: steps to run; empty for all. They run in the use case's order.
        workers: how many parts of one step run at once.

    Returns:
        facts by step, and by part where a step has parts.

    Raises:
        PautaError: the first one that a step raises; later steps are not run, but for those that always are.
    """
    chosen = [case.step(name) for name in names] if names else list(case.steps)
    chosen.sort(key=case.steps.index)
    facts: dict[str, dict[str, Any]] = {}
    note_configuration(context, by_command())
    try:
        for step in chosen:
            facts[step.name] = _run_and_print(case, context, step, workers)
    except Exception:
        for step in (each for each in chosen if each.always):
            _run_and_print(case, context, step, workers)
        raise
    return facts


def _run_and_print(case: UseCase, context: Context, step: Step, workers: int) -> dict[str, Any]:
    """Run a step and print a line of it."""
    started = time.perf_counter()
    facts = _run_step(case, context, step, workers)
    note_step(case, context, step, facts, by_command(), "started by a person")
    print(f"{step.name:<10} {time.perf_counter() - started:7.1f} s  {_short(facts)}", file=sys.stderr)
    if "accepted" in facts:  # a verdict: its reasons are what a person wants to read
        print("\n".join(f"             {reason}" for reason in facts["reasons"]), file=sys.stderr)
    return facts


def _run_step(case: UseCase, context: Context, step: Step, workers: int) -> dict[str, Any]:
    if not step.parts:
        with step_span(context, step.name):
            return step.run(context)
    with new_processes(workers) as pool:
        waiting = {part: pool.submit(_run_part, step, context, part) for part in step.parts}
        return {part: future.result() for part, future in waiting.items()}


def _run_part(step: Step, context: Context, part: str) -> dict[str, Any]:
    with step_span(context, step.name, part):
        return step.run(context, part)


def _short(facts: dict[str, Any]) -> str:
    """The first facts, as many as fit into a line; a long first one is not cut."""
    shown = [f"{key} {_plain(value)}" for key, value in facts.items() if key not in _DULL and _is_plain(value)]
    lengths = accumulate(len(text) + 2 for text in shown)
    return ", ".join(text for text, length in zip(shown, lengths, strict=True) if length <= WIDTH or text is shown[0])


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _plain(value: str | int | float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
