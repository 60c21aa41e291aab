"""``make bench-list``: processor time of a list by stage, for users of each segment, in process and without a socket.

``ARGS="--base folder"`` measures another checkout, such as the previous version, beside this one: blocks of requests
take turns, and the table says whether both return the same lists. Times are those of the thread that answers, so
other programs hardly matter; each figure is the lower quartile over the blocks.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from typing import Any, cast

ROOT = Path(__file__).parents[2]
NEWS = "script_shared.news"
STAGES = (  # name of the stage, its module, its function (or the names of it in different versions)
    ("rest of the answer", f"{NEWS}.serving.recommender", "LiveRecommender.answer"),
    ("context", f"{NEWS}.ranking.context", "Contexts.of"),
    ("candidates", f"{NEWS}.serving.offers", "Offers.of"),
    ("segment's list", f"{NEWS}.ranking.segment_list", "SegmentSource.of"),
    ("order", f"{NEWS}.serving.recommender", "order_offer"),
    ("trees", f"{NEWS}.ranking.ranker", "Ranker.rank"),
    ("features", f"{NEWS}.ranking.ranker", "matrix | columns"),
    ("list", f"{NEWS}.serving.lists", "Lists.of"),
    ("explanation", f"{NEWS}.serving.recommender", "items_of"),
)
SHELL = "routes, JSON, counts"
OWN = ("answer_id", "request_id")  # fields that no two answers share
Block = dict[str, dict[str, float]]  # by segment: microseconds of each stage, and how many lists


class Clock:
    """The processor time of each stage, without that of the stages inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}
        self._inside = [0]

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function so that its time counts for a stage."""

        @wraps(function)
        def timed(*args: Any, **named: Any) -> Any:
            self._inside.append(0)
            started = time.thread_time_ns()
            try:
                return function(*args, **named)
            finally:
                took = time.thread_time_ns() - started
                self.spent[name] = self.spent.get(name, 0) + took - self._inside.pop()
                self._inside[-1] += took

        return timed

    def install(self) -> None:
        """Time all stages from now on."""
        for name, module, paths in STAGES:
            for path in paths.split(" | "):
                owner, (*above, last) = import_module(module), path.split(".")
                for part in above:
                    owner = getattr(owner, part)
                if hasattr(owner, last):
                    setattr(owner, last, self.timed(name, getattr(owner, last)))


def main() -> int:
    """Measure and print the table; with ``--worker``, be one of the processes."""
    parser = argparse.ArgumentParser(prog="make bench-list", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder of the site, as for make bench-serving")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another size: params")
    parser.add_argument("--base", type=Path, help="another checkout, such as the version before")
    parser.add_argument("--lists", type=int, default=300, help="of a block")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        asyncio.run(_answer_blocks(Path(args.worker)))
        return 0
    paths = _site(args.work, args.set, args.lists)
    with ExitStack() as stack:
        checkouts = {"before": args.base.resolve(), "now": ROOT} if args.base else {"now": ROOT}
        workers = {name: stack.enter_context(_worker(at, args.work, name)) for name, at in checkouts.items()}
        rounds = [{name: _block(each, paths) for name, each in workers.items()} for _ in range(args.rounds + 1)]
    print(table([{name: block for name, (block, _) in each.items()} for each in rounds[1:]]))  # the first one warms up
    answers, lists = ({digests[place] for each in rounds for _, digests in each.values()} for place in (0, 1))
    same = "all lists were the same, but not their scores" if len(lists) == 1 else "the lists DIFFER"
    print("all answers were the same" if len(answers) == 1 else same)
    return 0


def table(rounds: list[dict[str, Block]]) -> str:
    """Microseconds by stage, one column for each segment and version."""
    versions, segments = list(rounds[0]), list(next(iter(rounds[0].values())))
    columns = [(segment, version) for segment in segments for version in versions]
    lines = [f"{'µs of a list':<22}" + "".join(f"{segment + ' ' + version:>20}" for segment, version in columns)]
    for stage in (*(name for name, _, _ in STAGES), SHELL, "sum"):
        found = (_low([each[version][segment].get(stage, 0.0) for each in rounds]) for segment, version in columns)
        lines.append(f"{stage:<22}" + "".join(f"{figure:>20.0f}" for figure in found))
    lines.append(
        f"{'lists':<22}" + "".join(f"{rounds[0][version][segment]['lists']:>20.0f}" for segment, version in columns)
    )
    return "\n".join(lines)


def _low(figures: list[float]) -> float:
    return quantiles(figures, n=4)[0] if len(figures) > 1 else figures[0]


def _site(work: Path, overrides: list[str], lists: int) -> list[str]:
    """The addresses to request, as often as in the serving benchmark; the site is made if it is missing."""
    from tests.benchmarks.site import build

    plan = build(work, overrides).plan(lists, 0.0, 1)
    return [path for _, path, _ in plan]


@contextmanager
def _worker(checkout: Path, work: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """A process with one version's service, with its own copy of the log."""
    place = work / f"stages-{name}"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(work / "log", place)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAUTA_")}
    own |= {"PYTHONPATH": str(checkout), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--work", str(work.absolute()), "--worker", str(place.absolute())]
    process = subprocess.Popen(command, cwd=checkout, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.communicate("\n")


def _block(process: subprocess.Popen[str], paths: list[str]) -> tuple[Block, list[str]]:
    """What one block of requests took, and digests of all its answers and of their lists without scores."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(paths) + "\n")
    process.stdin.flush()
    return cast("tuple[Block, list[str]]", json.loads(process.stdout.readline()))


async def _answer_blocks(place: Path) -> None:
    from app.main import create_app
    from app.memory import import_lightgbm
    from script_shared.settings import Settings

    import_lightgbm()
    work, clock = place.parent, Clock()
    clock.install()
    settings = Settings(
        data_dir=place,
        models_uri=str(work / "models"),
        evaluation_dir=place,
        cache_dir=place / "cache",
        use_cases="news",
        events_uri=f"sqlite:///{place / 'events.db'}",
        release_poll_seconds=300,
        events_poll_seconds=60,
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        while (await _ask(app, "/ready"))[0] != 200:
            await asyncio.sleep(0.1)
        await _fold_all(app.state.service.use_cases["news"].beside.intake)
        print("ready", flush=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            print(json.dumps(await _timed_block(app, clock, json.loads(line))), flush=True)


async def _fold_all(intake: Any) -> None:
    """Returns once the whole log is folded; on a busy machine that takes longer than a writer waits."""
    from script_shared.errors import UnavailableError

    while True:
        try:
            return await intake.wait_until_folded()
        except UnavailableError:
            await asyncio.sleep(1)


async def _timed_block(app: Any, clock: Clock, paths: list[str]) -> tuple[Block, list[str]]:
    found: Block = {}
    answers, lists = blake2b(digest_size=16), blake2b(digest_size=16)
    for path in paths:
        clock.spent = {}
        started = time.thread_time_ns()
        status, body = await _ask(app, path)
        took = time.thread_time_ns() - started
        assert status == 200, body
        answer = {name: value for name, value in json.loads(body).items() if name not in OWN}
        answers.update(json.dumps(answer).encode())
        lists.update(json.dumps([{**item, "score": 0} for item in answer["items"]]).encode())
        row = found.setdefault(answer["segment"], {"lists": 0})
        row["lists"] += 1
        clock.spent |= {SHELL: took - sum(clock.spent.values()), "sum": took}
        for stage, spent in clock.spent.items():
            row[stage] = row.get(stage, 0.0) + spent / 1000
        await asyncio.sleep(0)  # other tasks get their turn, as between real requests
    for row in found.values():
        row.update({name: value / row["lists"] for name, value in row.items() if name != "lists"})
    return dict(sorted(found.items())), [answers.hexdigest(), lists.hexdigest()]


async def _ask(app: Any, path: str) -> tuple[int, bytes]:
    """Status and body of an answer, by ASGI, of a request as uvicorn hands it over."""
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    plain, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": plain,
        "raw_path": plain.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"here")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8001),
        "state": {},
    }
    await app(scope, receive, cast("Any", send))
    return status, body


if __name__ == "__main__":
    sys.exit(main())
