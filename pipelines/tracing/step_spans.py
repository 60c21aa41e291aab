"""A span for each step of a run. All steps of a run are in one trace, whichever process or container they run in.

The id of that trace is computed from the use case and the run id. So steps need not pass it on, and a person finds the
trace of a run by its id (``run_trace_id``). A ratio sampler keeps either all steps of a run or none.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pipelines.use_case import Context
from script_shared.tracing.tracing import Tracing, is_wanted, open_tracing

if TYPE_CHECKING:
    from opentelemetry.trace import Link

SERVICE = "pauta-pipelines"


def run_trace_id(use_case: str, run_id: str) -> str:
    """The id of the trace that holds the steps of a run: 32 hex characters.

    Args:
        use_case: its name.
        run_id: of the run.

    >>> run_trace_id("news", "20260101T000000Z-abcd")
    '2bb2aaf731480cabc906b01aa4b5164d'
    """
    return blake2b(f"{use_case}/{run_id}".encode(), digest_size=16, person=b"pauta-run").hexdigest()


@contextmanager
def step_span(context: Context, step: str, part: str = "") -> Iterator[None]:
    """A span around a step, or a part of one. Where traces are off, nothing happens.

    Args:
        context: of the step: its run and its settings.
        step: its name.
        part: such as a segment, "" for a step without parts.

    Raises:
        SettingsError: traces are wanted and cannot be made; the message says why.
    """
    use_case, run_id = context.use_case, context.run.run_id
    tracing = _open(context.settings.env, run_trace_id(use_case, run_id))
    if tracing is None:
        yield
        return
    attributes = {"pauta.use_case": use_case, "pauta.step": step, "pauta.run_id": run_id}
    if part:
        attributes["pauta.part"] = part
    try:
        with _span(tracing, f"{use_case} {step}", attributes):
            yield
    finally:
        tracing.close()


def _open(environment: str, trace_id: str) -> Tracing | None:
    """Tracing for one step; each step sends its own spans before its process may end."""
    if not is_wanted(os.environ):
        return None
    return open_tracing(SERVICE, environment, ids=_ids(trace_id))


@contextmanager
def _span(tracing: Tracing, name: str, attributes: dict[str, Any]) -> Iterator[None]:
    from opentelemetry.context import Context as NoParent
    from opentelemetry.trace import StatusCode

    span = tracing.tracer.start_span(name, NoParent(), attributes=attributes, links=_links())
    try:
        yield
    except BaseException as error:
        span.set_attribute("error.type", type(error).__name__)  # never its text, which may quote data
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()


def _links() -> "list[Link]":
    """A link to the span that runs now, such as Airflow's own of the task, if there is one."""
    from opentelemetry.trace import Link, get_current_span

    context = get_current_span().get_span_context()
    return [Link(context)] if context.is_valid else []


def _ids(trace_id: str) -> Any:
    from opentelemetry.sdk.trace import RandomIdGenerator

    class RunIds(RandomIdGenerator):
        """The run's id for every trace that begins; random ids for spans."""

        def generate_trace_id(self) -> int:
            return int(trace_id, 16)

    return RunIds()
