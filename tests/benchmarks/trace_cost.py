"""What traces and JSON lines cost a list: processor time in process, without HTTP, in blocks that take turns.

``python -m tests.benchmarks.trace_cost --base folder`` also measures another checkout, such as one without this code,
in a process of its own with as many applications. Every round has one block of each variant. The time of a block is
that of all threads of the process, so the sending of spans counts. On a busy machine noise only adds to a block, so the
table has the lower quartile of the blocks beside the median. ``--spans`` measures the spans alone, before an
application that does nothing, with less noise.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).parents[2]
USERS = 200
VARIANTS: dict[str, dict[str, str]] = {
    "off": {},
    "on, 10 % of requests": {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"},
    "on, all requests": {"OTEL_TRACES_SAMPLER": "always_on"},
    "off, lines as JSON": {},
}


def main() -> None:
    """Measure the variants and print the table; with ``--worker``, be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="another checkout, without traces")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--lists", type=int, default=200, help="lists of a block")
    parser.add_argument("--spans", action="store_true", help="the spans alone")
    parser.add_argument("--worker", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        asyncio.run(_answer_blocks(Path(args.worker[0]), args.worker[1:], args.lists))
        return
    if args.spans:
        asyncio.run(_measure_spans())
        return
    from tests.otlp import receiving

    with receiving() as receiver, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _make_release(folder)
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.address
        workers = {}
        if args.base:
            others = [f"other checkout, {number}" for number in range(len(VARIANTS))]
            other = stack.enter_context(_worker(args.base, folder, others, args.lists))
            workers = dict.fromkeys(others[:2], other)
        own = stack.enter_context(_worker(ROOT, folder, list(VARIANTS), args.lists))
        workers |= dict.fromkeys(VARIANTS, own)
        rounds = [{name: _block(worker, name) for name, worker in workers.items()} for _ in range(args.rounds + 1)]
        print(f"{len(receiver.spans)} spans arrived")
    _report(rounds[1:])  # the first one warms up


def _report(rounds: list[dict[str, float]]) -> None:
    print(f"{'variant':<24}{'lower quartile, µs per list':>28}{'median':>10}")
    for name in rounds[0]:
        low, middle, _ = quantiles([each[name] for each in rounds], n=4)
        print(f"{name:<24}{low:>28.1f}{middle:>10.1f}")


def _make_release(folder: Path) -> None:
    from script_shared.releases import Releases
    from tests.app.releases_made import make_release

    releases = Releases(f"{folder / 'models'}/news")
    releases.publish(make_release(folder / "made", "Velha"), "v1", run_id="run-1")
    releases.promote("v1", "benchmark")


@contextmanager
def _worker(checkout: Path, folder: Path, names: list[str], lists: int) -> Iterator[subprocess.Popen[str]]:
    """A process in which each of these variants has the release in service."""
    command = [sys.executable, __file__, "--lists", str(lists), "--worker", str(folder), *names]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAUTA_")}
    own |= {"PYTHONPATH": str(checkout), "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=checkout, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.communicate("\n")


def _block(process: subprocess.Popen[str], name: str) -> float:
    """Processor µs per list of one block."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


async def _measure_spans(rounds: int = 12, requests: int = 1000) -> None:
    """Print processor µs per request of an application that does nothing; spans are made, queued and encoded."""
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExportResult
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    from app.tracing.request_spans import RequestSpans
    from app.tracing.use_case_of import UseCaseOf

    class Encoder(ConsoleSpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            encode_spans(spans).SerializePartialToString()
            return SpanExportResult.SUCCESS

    async def empty(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        """Nothing."""

    apps: dict[str, tuple[Any, Any]] = {"no spans": (empty, None)}
    for share in (0.0, 0.1, 1.0):
        provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(share)), shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(Encoder(), max_queue_size=2 * requests))
        app = RequestSpans(empty, provider.get_tracer("benchmark"), [], UseCaseOf({}))
        apps[f"{share:.0%} of requests"] = (app, provider)
    times: dict[str, list[float]] = {name: [] for name in apps}
    for _ in range(rounds):
        for name, (app, provider) in apps.items():
            started = time.process_time()
            for _ in range(requests):
                await app(_scope("/recommendations", b"user_id=u1"), None, send)
            if provider is not None:
                provider.force_flush()
            times[name].append(1e6 * (time.process_time() - started) / requests)
    for name, found in times.items():
        print(f"{name:<24}{quantiles(found[1:], n=4)[0]:>8.1f} µs")


async def _answer_blocks(folder: Path, names: list[str], lists: int) -> None:
    async with AsyncExitStack() as stack:
        apps = {}
        for place, name in enumerate(names):
            apps[name] = _app(folder, f"{names[0]}-{place}", name)
            await stack.enter_async_context(apps[name].router.lifespan_context(apps[name]))
            while await _ask(apps[name], "/ready", b"") != 200:
                await asyncio.sleep(0.1)
        print("ready", flush=True)
        while name := (await asyncio.to_thread(sys.stdin.readline)).strip():
            started = time.process_time()
            for number in range(lists):
                assert await _ask(apps[name], "/recommendations", b"user_id=u%d" % (number % USERS)) == 200
            print(1e6 * (time.process_time() - started) / lists, flush=True)


def _app(folder: Path, place: str, name: str) -> Any:
    """The application of a variant; it looks seldom at log and store, so that the others' blocks do not pay for it."""
    from app.main import create_app
    from script_shared.settings import Settings

    settings = Settings(
        data_dir=folder / place,
        models_uri=str(folder / "models"),
        evaluation_dir=folder / place,
        cache_dir=folder / place,
        release_poll_seconds=300,
        events_poll_seconds=60,
        **({"log_format": "json"} if "JSON" in name else {}),
    )
    if not name.startswith("on"):
        return create_app(settings)
    from script_shared.tracing.tracing import open_tracing

    os.environ.update(VARIANTS[name])
    return create_app(settings, tracing=open_tracing("pauta-api", settings.env))


async def _ask(app: Any, path: str, query: bytes) -> int:
    """The status of an answer, by ASGI."""
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(_scope(path, query), receive, send)
    await asyncio.sleep(0)  # other tasks get their turn, as between real requests
    return status


def _scope(path: str, query: bytes) -> dict[str, Any]:
    """A request as uvicorn hands it over."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [(b"host", b"here")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8001),
        "state": {},
    }


if __name__ == "__main__":
    main()
