"""``make bench-attack``: attacks of strangers on an API at its defaults, started here on a release of the sample."""

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from pipelines.news.use_case import NEWS
from script_shared.events import EventLog
from tests.benchmarks import attack_clicks, attack_requests, site
from tests.benchmarks.measure import measure
from tests.benchmarks.scale import machine, pipeline_step
from tests.benchmarks.servers import TOKEN, api


def main() -> int:
    """Make a release where there is none, attack it, print the tables."""
    parser = argparse.ArgumentParser(prog="make bench-attack", description=__doc__)
    parser.add_argument("--work", type=Path, help="folder of the release, made when it is empty and used again later")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/attack.md"))
    args = parser.parse_args()
    with nullcontext(args.work) if args.work else tempfile.TemporaryDirectory(prefix="pauta-attack-") as work:
        text = attacked(Path(work))
    print(text)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(text, encoding="utf-8")
    return 0


def attacked(work: Path) -> str:
    """The tables as Markdown."""
    env = _prepared(work)
    with api(env, 1) as server:
        server.settle()
        clicks = attack_clicks.run(f"http://127.0.0.1:{server.port}", TOKEN)
        requests = attack_requests.run(server.port, server.pid)
    head = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, one process at its defaults"
    return f"{head}\n\n{attack_requests.table(requests)}\n\n{attack_clicks.table(clicks)}\n"


def _prepared(work: Path) -> dict[str, str]:
    """Settings of an API with a release, and a log that holds the last clicks of its data."""
    env = site._environment(work)
    if not (work / "models/news/releases").exists():
        for step in NEWS.steps:
            print(f"{step.name} ...", file=sys.stderr, flush=True)
            measure(pipeline_step(step.name, site.RUN, []), env)
    shutil.rmtree(work / "log", ignore_errors=True)
    (work / "log").mkdir()
    late, late_ms = site._late_clicks(work)
    log = EventLog(env["PAUTA_EVENTS_URI"])
    kept = 20_000
    site._fill(log, late.tail(kept), late_ms[-kept:])
    log.close()
    return env


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
