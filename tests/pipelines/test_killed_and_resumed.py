"""A run that is killed in the middle of a step leaves nothing half-written to read, and goes on where it stopped.

The process kills itself when it is about to write a manifest, so the test does not depend on how fast the machine is.
"""

import os
import re
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.runs import Run, latest_run
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.releases import Releases

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(3000)]
SMALL = (
    *("sample.users=800", "sample.articles=300", "sample.interactions=6000", "sample.days=4"),
    *("logged.als.factors=8", "logged.als.iterations=3", "evaluation.bootstrap_resamples=20", "gate.tolerance=0.99"),
    *("gate.beats=[]", "ranker.trees=20", "ranking.requests=300", "evaluation.replayed_clicks=60"),
)
STEPS = ("download", "refine", "train", "assemble", "rank", "evaluate", "gate", "publish", "promote")
KILLED = {
    "download": "raw",
    "refine": "refined",
    "train": "trained",
    "assemble": "assembled",
    "rank": "ranked",
    "publish": "published",
}
KILLER = Path(__file__).parent / "kill_at"


@dataclass(frozen=True)
class Home:
    """Data and releases of the test, and the command line that works on them."""

    root: Path

    @property
    def releases(self) -> Releases:
        return Releases(str(self.root / "models/news"))

    def run(self, run_id: str) -> Run:
        return Run(self.root / "data/news", run_id)

    def start(self, *arguments: str, kill_at: str = "") -> "subprocess.Popen[str]":
        """``python -m pipelines …`` as the leader of its own process group.

        Args:
            kill_at: the group is killed when a file whose path matches this expression is about to be written.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PAUTA_")}
        environment |= self.environment
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines", *arguments],
            env=environment | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(KILLER), "PAUTA_TEST_KILL_AT": kill_at},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @property
    def environment(self) -> dict[str, str]:
        places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
        return {f"PAUTA_{name}": str(self.root / place) for name, place in places.items()}

    def done(self, *arguments: str) -> str:
        """The output of a command that must succeed; it runs in this process, which no test kills."""
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as said:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            assert main([*arguments]) == 0, said.getvalue()
        return said.getvalue()


def from_step(first: str, run_id: str) -> list[str]:
    """The arguments that run a step and all later ones; quality, which only draws, is left out."""
    steps = STEPS[STEPS.index(first) :]
    flags = [("--set", line) for line in SMALL] + [("--step", step) for step in steps]
    return ["news", "--run-id", run_id, "--refresh", "--workers", "1", *(part for flag in flags for part in flag)]


def moment(step: str, run_id: str) -> str:
    """The path of the file whose writing is the middle of a step: its manifest, which is written last."""
    if step == "publish":
        return rf"/releases/{run_id}/[^/]*manifest\.json"
    return rf"/{KILLED[step]}/.*{run_id}.*\.partial/_manifest\.json$"


def half_written(home: Home, step: str, run_id: str) -> list[Path]:
    """Folders of a step that are being written: partial ones, or for publish files that have no manifest yet."""
    if step == "publish":
        release = home.root / "models/news/releases" / run_id
        return [] if (release / "manifest.json").exists() else [path for path in release.glob("*/*") if path.is_file()]
    place = home.root / "data/news" / KILLED[step]
    return [*place.glob(f".{run_id}.*.partial/*"), *place.glob(f"{run_id}/.*.partial/*")]


def assert_nothing_half_written_is_readable(home: Home, step: str, run_id: str) -> None:
    run, folder = home.run(run_id), KILLED[step]
    parts = SEGMENT_NAMES if step == "train" else (None,)
    assert not all(run.complete(folder, part) for part in parts)
    assert step == "train" or latest_run(run.root, folder) == "before"
    assert [manifest.version for manifest in home.releases.list()] == ["before"]
    home.releases.verify("before")
    pointer = home.releases.current()
    assert pointer is not None
    assert (pointer.version, pointer.sequence) == ("before", 1)


def test_a_run_killed_in_every_step_in_turn_is_resumed_each_time_and_ends_in_service(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.done(*from_step("download", "before"))
    for resumed, step in pairwise(["download", *KILLED]):  # each start begins with the step that was killed before
        process = home.start(*from_step(resumed, "after"), kill_at=moment(step, "after"))
        said, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL, said
        assert half_written(home, step, "after"), "it was killed in the middle"
        assert_nothing_half_written_is_readable(home, step, "after")
    process = home.start(*from_step("publish", "after"))
    said, _ = process.communicate()
    assert process.returncode == 0, said
    pointer = home.releases.current()
    assert pointer is not None
    assert (pointer.version, pointer.sequence) == ("after", 2)
    assert re.findall(r"(?m)^(\w+) +(\w+): ", home.done("releases", "verify")) == [
        ("good", "after"),
        ("good", "before"),
    ]
