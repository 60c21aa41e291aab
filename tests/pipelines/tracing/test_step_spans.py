"""The steps of a run are spans of one trace, whose id is made of the run's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.trace import use_span

from pipelines import run_steps
from pipelines.runs import Run
from pipelines.tracing.step_spans import run_trace_id, step_span
from pipelines.use_case import Context, Step
from script_shared.settings import Settings
from tests.otlp import InMemory, Receiver, receiving


def context(use_case: str, run_id: str) -> Context:
    return Context(Settings(), None, Run(Path("data") / use_case, run_id))


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        yield receiver


def test_steps_of_a_run_are_in_one_trace(receiver: Receiver) -> None:
    for step, part in (("download", ""), ("train", "logged"), ("train", "anonymous")):
        with step_span(context("news", "run-1"), step, part):
            pass
    with step_span(context("news", "run-2"), "download"):
        pass
    assert [span.name for span in receiver.spans] == ["news download", "news train", "news train", "news download"]
    one, other = run_trace_id("news", "run-1"), run_trace_id("news", "run-2")
    assert [span.trace_id for span in receiver.spans] == [one, one, one, other]
    assert receiver.spans[1].attributes == {
        "pauta.use_case": "news",
        "pauta.step": "train",
        "pauta.run_id": "run-1",
        "pauta.part": "logged",
    }
    assert {span.resource["service.name"] for span in receiver.spans} == {"pauta-pipelines"}
    assert len({span.span_id for span in receiver.spans}) == 4


def test_a_step_that_fails_sends_the_type_of_the_error_and_not_its_words(receiver: Receiver) -> None:
    with pytest.raises(ValueError, match="Ana"), step_span(context("students", "run-1"), "refine"):
        raise ValueError("Ana, 13 years, has no class")
    (span,) = receiver.spans
    assert span.failed
    assert span.attributes["error.type"] == "ValueError"
    assert "Ana" not in str(span)


@pytest.mark.parametrize(("share", "kept"), [("0", 0), ("1", 2)])
def test_a_run_is_kept_whole_or_not_at_all(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, share: str, kept: int
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", share)
    for step in ("download", "refine"):
        with step_span(context("news", "run-1"), step):
            pass
    assert len(receiver.spans) == kept


def test_half_of_the_runs_are_kept_each_whole(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    for run in range(10):
        for step in ("download", "refine"):
            with step_span(context("news", f"run-{run}"), step):
                pass
    by_run = [sum(span.attributes["pauta.run_id"] == f"run-{run}" for span in receiver.spans) for run in range(10)]
    assert set(by_run) == {0, 2}


def test_off_nothing_is_imported_or_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setattr("pipelines.tracing.step_spans.open_tracing", None)
    with step_span(context("news", "run-1"), "download"):
        pass


def test_a_span_around_the_step_is_linked(receiver: Receiver) -> None:
    task = InMemory().tracer.start_span("airflow task")
    with use_span(task), step_span(context("news", "run-1"), "download"):
        pass
    (span,) = receiver.spans
    assert span.links == [f"{task.get_span_context().trace_id:032x}"]
    assert span.trace_id == run_trace_id("news", "run-1")


def greet(context: Context, part: str = "") -> dict[str, str]:
    """A step that does nothing."""
    return {"part": part}


def test_the_runner_traces_steps_and_parts(receiver: Receiver) -> None:
    step = Step("greet", f"{__name__}:greet")
    run_steps._run_step(None, context("news", "run-1"), step, 1)  # type: ignore[arg-type]
    run_steps._run_part(step, context("news", "run-1"), "logged")
    assert [(span.name, span.attributes.get("pauta.part")) for span in receiver.spans] == [
        ("news greet", None),
        ("news greet", "logged"),
    ]
