"""The write of a traced request's entries, and their fold in every process, are spans of the request's trace."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode, use_span

from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.entry import TRACE
from script_shared.events.extract import plain
from script_shared.events.following.follower import Batch, LogFollower
from script_shared.events.following.log_spans import MOST, LogSpans
from tests.otlp import InMemory
from tests.patience import PATIENCE_SECONDS

WRITE, FOLD = "event log: write", "event log: fold"


class Subscriber:
    """Keeps what it was delivered."""

    def __init__(self) -> None:
        self.after, self.entries = 0, list[Entry]()

    def position(self) -> int:
        return self.after

    def deliver(self, batch: Batch) -> None:
        self.entries.extend(batch.entries)
        self.after = batch.entries[-1].seq


@contextmanager
def following(uri: str, tracing: InMemory | None) -> Iterator[tuple[LogFollower, Subscriber]]:
    log, seen = EventLog(uri), Subscriber()
    follower = LogFollower(log, seen, poll_seconds=0.02, spans=LogSpans(tracing and tracing.tracer))
    follower.start()
    try:
        yield follower, seen
    finally:
        follower.stop()
        log.close()


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/events.db"


def entry(entry_id: str, kind: Kind = Kind.CLICK) -> Entry:
    return Entry(entry_id, kind, 1_000, "ana", "a1", {"session": "s"})


def eventually(condition) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def test_write_and_fold_are_children_of_the_request(uri: str) -> None:
    tracing = InMemory()
    with following(uri, tracing) as (follower, seen):
        request = tracing.tracer.start_span("request")
        with use_span(request):
            answer = follower.submit([entry("e1"), entry("e2")])
        answer.result(PATIENCE_SECONDS)
    for name in (WRITE, FOLD):
        (span,) = tracing.named(name)
        assert span.context.trace_id == request.get_span_context().trace_id
        assert span.parent is not None
        assert span.parent.span_id == request.get_span_context().span_id
        assert dict(span.attributes or {}) == {"pauta.entries_together": 2}
    assert len(seen.entries) == 2


def test_another_process_folds_in_the_same_trace(uri: str) -> None:
    here, there = InMemory(), InMemory()
    with following(uri, here) as (writer, _), following(uri, there) as (_, seen):
        with use_span(here.tracer.start_span("request")) as request:
            writer.submit([entry("e1")]).result(PATIENCE_SECONDS)
        assert eventually(lambda: len(seen.entries) == 1 and there.spans)
    (span,) = there.spans
    assert (span.name, span.context.trace_id) == (FOLD, request.get_span_context().trace_id)


def test_requests_that_are_written_together_each_get_their_spans(uri: str) -> None:
    tracing = InMemory()
    with following(uri, tracing) as (follower, _):
        answers, traces = [], []
        for name in ("e1", "e2", "e3"):
            with use_span(tracing.tracer.start_span("request")) as request:
                answers.append(follower.submit([entry(name)]))
                traces.append(request.get_span_context().trace_id)
        for answer in answers:
            answer.result(PATIENCE_SECONDS)
    assert [span.context.trace_id for span in tracing.named(WRITE)] == traces
    assert [span.context.trace_id for span in tracing.named(FOLD)] == traces


@pytest.mark.parametrize("tracing", [None, InMemory(ALWAYS_OFF), InMemory()], ids=["off", "not sampled", "no request"])
def test_what_is_not_traced_leaves_nothing_in_the_log(uri: str, tracing: InMemory | None) -> None:
    with following(uri, tracing) as (follower, seen):
        if tracing is not None and "ALWAYS_OFF" in repr(tracing.tracer.sampler):
            with use_span(tracing.tracer.start_span("request")):
                follower.submit([entry("e1")]).result(PATIENCE_SECONDS)
        follower.submit([entry("e2")]).result(PATIENCE_SECONDS)
    assert all(each.body == {"session": "s"} for each in seen.entries)
    assert tracing is None or tracing.spans == []


def test_only_events_keep_the_trace_and_no_export_shows_it(uri: str) -> None:
    tracing = InMemory()
    kinds = (Kind.CLICK, Kind.IMPRESSION, Kind.ARTICLE, Kind.LOGIN)
    with following(uri, tracing) as (follower, seen), use_span(tracing.tracer.start_span("request")):
        follower.submit([entry(kind.name, kind) for kind in kinds]).result(PATIENCE_SECONDS)
    assert [each.kind for each in seen.entries if TRACE in each.body] == [Kind.CLICK, Kind.IMPRESSION]
    assert not any(TRACE in plain(each) for each in seen.entries)


def test_a_write_that_fails_is_a_failed_span_without_the_words_of_the_error() -> None:
    tracing = InMemory()
    spans = LogSpans(tracing.tracer)
    with use_span(tracing.tracer.start_span("request")):
        trace, _ = spans.mark([entry("e1")])
    with pytest.raises(UnavailableError), spans.writing([trace, ""], 1):
        raise UnavailableError("ana cannot be written")
    (span,) = tracing.named(WRITE)
    assert span.status.status_code == StatusCode.ERROR
    assert dict(span.attributes or {}) == {"pauta.entries_together": 1, "error.type": "UnavailableError"}
    assert not span.events


def test_a_process_that_starts_makes_few_spans_of_a_long_log() -> None:
    tracing = InMemory()
    spans = LogSpans(tracing.tracer)
    old = [
        Entry(str(number), Kind.CLICK, 1, body={TRACE: f"00-{number:032x}-{number:016x}-01"})
        for number in range(1, 1_000)
    ]
    with spans.folding(old):
        pass
    assert len(tracing.spans) == MOST
