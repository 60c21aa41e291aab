"""Spans of the event log: writing entries and folding them, in the trace of the request that sent them.

A click or an impression of a traced request keeps the request's ``traceparent`` in the log, so that every process that
folds the entry, in whichever container, adds its span to the same trace. Entries of other requests keep nothing.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from script_shared.events.entry import TRACE, Entry, Kind

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer

MOST = 128  # traces of one group that get a span: at its start, a process may fold the entries of several hours
_KEPT_IN = (Kind.CLICK, Kind.IMPRESSION)


class LogSpans:
    """Spans of one process around its event log; without a tracer there are none.

    Args:
        tracer: starts spans; None where traces are off.
    """

    def __init__(self, tracer: "Tracer | None" = None) -> None:
        self._tracer = tracer

    def mark(self, entries: Sequence[Entry]) -> tuple[str, Sequence[Entry]]:
        """The ``traceparent`` of the span that runs now, and the entries with it.

        Args:
            entries: that are to be written.

        Returns:
            "" and the unchanged entries, if there is no such span or it is not sampled.
        """
        if self._tracer is None or not (trace := _current()):
            return "", entries
        return trace, [
            replace(entry, body={**entry.body, TRACE: trace}) if entry.kind in _KEPT_IN else entry for entry in entries
        ]

    @contextmanager
    def writing(self, traces: Iterable[str], entries: int) -> Iterator[None]:
        """A span of the write in each of these traces.

        Args:
            traces: ``traceparent`` of each submission that is written, "" for none.
            entries: how many are written together.
        """
        if self._tracer is None:
            yield
            return
        with self._spans("event log: write", traces, {"pauta.entries_together": entries}):
            yield

    @contextmanager
    def folding(self, entries: Sequence[Entry], own: Iterable[str] = ()) -> Iterator[None]:
        """A span of the fold in each trace that these entries name.

        Args:
            entries: that are folded together.
            own: ``traceparent`` of the submissions that this process wrote just before, "" for none.
        """
        if self._tracer is None:
            yield
            return
        traces = [*own, *(entry.body.get(TRACE, "") for entry in entries if entry.kind in _KEPT_IN)]
        with self._spans("event log: fold", traces, {"pauta.entries_together": len(entries)}):
            yield

    @contextmanager
    def _spans(self, name: str, traces: Iterable[str], attributes: dict[str, int]) -> Iterator[None]:
        """One span of the same time in each of the traces, of which each counts once."""
        started, error = time.time_ns(), ""
        try:
            yield
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            for trace in list(dict.fromkeys(filter(None, traces)))[:MOST]:
                self._note(name, _context(trace), started, {**attributes, **({"error.type": error} if error else {})})

    def _note(self, name: str, parent: "Context", started: int, attributes: dict[str, int | str]) -> None:
        from opentelemetry.trace import StatusCode

        assert self._tracer is not None
        span = self._tracer.start_span(name, parent, attributes=attributes, start_time=started)
        if "error.type" in attributes:
            span.set_status(StatusCode.ERROR)
        span.end()


def _current() -> str:
    """``traceparent`` of the span that runs now, "" where there is none or it is not sampled."""
    from opentelemetry.trace import get_current_span

    span = get_current_span().get_span_context()
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-01" if span.trace_flags.sampled else ""


def _context(trace: str) -> "Context":
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": trace})
