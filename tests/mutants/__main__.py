"""``python -m tests.mutants``: makes one small change at a time and counts the changes that no test notices.

mutmut does not fit: it leaves out decorated functions (every route, property and context manager), draws no sample, and
learns which test runs what from one process that runs the whole suite.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

from tests.mutants.lines import LIBRARIES, OWN, SECONDS, TABLE
from tests.mutants.sites import Mutant, mutants

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROOMS: dict[str, dict[str, list[str]]] = json.loads((HERE / "rooms.json").read_text())  # code and tests
EQUIVALENT: dict[str, str] = json.loads((HERE / "equivalent.json").read_text())  # mutants that change nothing, and why
QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # plugins that the fork has already
SHORTEST, PATIENCE = 60.0, 3.0  # seconds, and times as long as its tests take: a mutant that takes longer hangs


class Copy:
    """A copy of the repository, in which tests run with one changed module."""

    def __init__(self, root: Path) -> None:
        self._root, self._moment = root, int(time.time())
        (root / "tmp").mkdir()
        names = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in names.splitlines():
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)

    def lines(self, tests: list[str]) -> tuple[dict[str, dict[str, list[str]]], dict[str, float]]:
        """By file and line the tests that run it, and by test its seconds.

        Raises:
            RuntimeError: a test fails without a change.
        """
        if not self._pass([*tests, "-p", "tests.mutants.lines"], 3600):
            raise RuntimeError((self._root / "output.txt").read_text()[-3000:])
        found = json.loads((self._root / TABLE).read_text())
        for name in found.pop(LIBRARIES):
            with suppress(Exception):
                import_module(name)
        seconds = found.pop(SECONDS)
        return dict(found), dict(seconds)

    def survives(self, file: str, mutant: Mutant, tests: list[str], seconds: float) -> bool:
        """Whether the tests pass with the mutant."""
        before = (self._root / file).read_text(encoding="utf-8")
        try:
            self._write(file, mutant.text)
            return not tests or self._pass(["-x", *tests], seconds)
        finally:
            self._write(file, before)

    def _write(self, file: str, text: str) -> None:
        """Each time with a later second, so that Python compiles it again."""
        self._moment += 1
        (self._root / file).write_text(text, encoding="utf-8")
        os.utime(self._root / file, (self._moment, self._moment))

    def _pass(self, arguments: list[str], seconds: float) -> bool:
        """Run tests in a fork, which has the libraries already, and end all that they started."""
        process = os.fork()
        if not process:
            try:
                os._exit(self._run(arguments))
            except BaseException:  # noqa: BLE001  nothing of the parent may run here
                traceback.print_exc()
            finally:
                os._exit(1)
        end, done, status = time.monotonic() + seconds, 0, 1
        while not done and time.monotonic() < end:
            time.sleep(0.05)
            done, status = os.waitpid(process, os.WNOHANG)
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        if not done:
            os.waitpid(process, 0)
        return bool(done) and status == 0

    def _run(self, arguments: list[str]) -> int:
        os.setsid()
        os.chdir(self._root)
        output = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.path[:] = [str(self._root), *(place for place in sys.path if place not in ("", str(ROOT)))]
        for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
            del sys.modules[name]
        os.environ["TMPDIR"] = str(self._root / "tmp")
        tempfile.tempdir = None
        return int(pytest.main(["-q", "-p", "no:cacheprovider", "-m", "not slow", *QUIET, *arguments]))


def places(room: str) -> list[tuple[str, Mutant]]:
    """All mutants of a room, by file."""
    files = sorted({file for glob in ROOMS[room]["code"] for file in ROOT.glob(glob) if file.name != "__init__.py"})
    return [(str(file.relative_to(ROOT)), mutant) for file in files for mutant in mutants(file.read_text("utf-8"))]


def score(room: str, copy: Copy, most: int, seed: int, minutes: float) -> str:
    """Try mutants of a room; a line of the table. After so many minutes, 0 for no limit, no further one is begun."""
    found = places(room)
    chosen = random.Random(seed).sample(found, min(most or len(found), len(found)))
    lines, seconds = copy.lines(ROOMS[room]["tests"])
    begun = time.monotonic()
    size = Counter(test for each in lines.values() for tests in each.values() for test in tests)
    counts = Counter[str]()
    for file, mutant in chosen:
        if minutes and time.monotonic() - begun > 60 * minutes:
            break
        by_line = lines.get(file, {})
        tests = {test for line in range(mutant.first, mutant.last + 1) for test in by_line.get(str(line), []) if test}
        name, outcome = f"{file}: {mutant.what} in {mutant.statement}", "killed"
        longest = max(SHORTEST, PATIENCE * sum(seconds.get(test, 0.0) for test in tests))
        if copy.survives(file, mutant, sorted(tests, key=lambda test: (size[test], test)), longest):
            outcome = "equivalent" if name in EQUIVALENT else "survived"
            print(f"  {outcome}, line {mutant.first} of {name}", flush=True)
        counts[outcome] += 1
    columns = room, len(found), counts.total(), counts["killed"], counts["equivalent"], counts["survived"]
    return f"| {' | '.join(map(str, columns))} |"


def main() -> int:
    """Print the survivors and a table of the rooms; 1 when a mutant survives that is not judged equivalent."""
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("rooms", nargs="*", default=list(ROOMS), help=f"of {', '.join(ROOMS)}; all without a name")
    parser.add_argument("--most", type=int, default=40, help="mutants of each room, drawn; 0 for all")
    parser.add_argument("--minutes", type=float, default=0.0, help="for each room; then none is begun; 0 for no limit")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pauta-mutants-") as work:
        copy = Copy(Path(work))
        table = [score(room, copy, args.most, args.seed, args.minutes) for room in args.rooms]
    print("| room | places | mutants | killed | equivalent | survived |", "|---|---|---|---|---|---|", *table, sep="\n")
    return int(any(not line.endswith("| 0 |") for line in table))


if __name__ == "__main__":
    raise SystemExit(main())
