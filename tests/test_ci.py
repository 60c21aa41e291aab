"""CI calls targets of make that exist, and compares both engines where they may differ."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _targets() -> list[str]:
    """What CI passes to make, each with its variables."""
    lines = [shlex.split(line, comments=True) for line in CI.splitlines() if re.match(r"(make|side_by_side) ", line)]
    return [target for line in lines for target in line[1:]]


def test_every_target_of_ci_is_in_the_makefile() -> None:
    names = {target.split()[0] for target in _targets()}
    assert names <= set(re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.M))
    assert {"check", "test", "test-slow"} <= names


def test_ci_compares_both_engines_in_every_place_that_test_spark_runs_them() -> None:
    assert "test-spark ARGS=-mparity" in _targets()
    assert "openjdk-17-jre-headless" in CI
    recipe = MAKEFILE.split("\ntest-spark:")[1].split("\n\n")[0]
    places = [ROOT / place for place in re.findall(r"tests/pipelines/news/\S+", recipe)]
    assert len(places) == 3
    for place in places:
        files = place.rglob("test_*.py") if place.is_dir() else [place]
        assert any("@pytest.mark.parity" in file.read_text(encoding="utf-8") for file in files), place
