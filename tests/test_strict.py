"""An error that a part of the service catches fails the test, unless it is an outage or the test's own doing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = """
import pytest
from script_shared.errors import UnavailableError
from script_shared.events import Entry, Kind
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import Query
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from script_shared.params import load_params

PARAMS = load_params(NewsParams, FILE)


class Ranker:
    names = ()

    def __init__(self, error=None):
        self.error = error

    def serves(self, segment):
        return True

    def rank(self, found):
        if self.error:
            raise self.error
        return found.misspelt


def degraded(ranker):
    room = Newsroom(LiveState(PARAMS.live))
    room.apply([Entry("e1", Kind.CLICK, 1, "ana", "a1", {}, 1)])
    return LiveRecommender(None, room, ranker, PARAMS.serving).answer(Query("rui")).degraded


def test_mistake():
    assert degraded(object()) == ["live_ranking"]


@pytest.mark.catches("AttributeError")
def test_planned_mistake():
    assert degraded(object()) == ["live_ranking"]


def test_own_doing():
    assert degraded(Ranker()) == ["ranker"]


def test_outage():
    assert degraded(Ranker(UnavailableError("down."))) == ["ranker"]


def test_assertion():
    assert degraded(Ranker(AssertionError("never"))) == ["ranker"]


def test_after_all_of_them():
    pass
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The outcome of each of the tests above in pytest."""
    file = tmp_path_factory.mktemp("strict") / "test_parts.py"
    file.write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.strict", "-p", "no:cacheprovider", "-rA", str(file)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    found: dict[str, set[str]] = {}
    for outcome, test in re.findall(r"^(PASSED|FAILED|ERROR) \S*::test_(\w+)", output, re.M):
        found.setdefault(test, set()).add(outcome)
    assert "live_ranking failed, but the test went on" in output
    assert "AttributeError: 'object' object has no attribute 'serves'" in output
    return found


@pytest.mark.slow
@pytest.mark.parametrize("test", ["mistake", "assertion"])
def test_an_error_that_nobody_planned_fails_the_test_that_ran(outcomes: dict[str, set[str]], test: str) -> None:
    assert outcomes[test] == {"PASSED", "ERROR"}  # its own assertions hold, and it is red at its end


@pytest.mark.parametrize("test", ["planned_mistake", "own_doing", "outage", "after_all_of_them"])
def test_an_outage_or_an_error_that_the_test_plans_fails_no_test(outcomes: dict[str, set[str]], test: str) -> None:
    assert outcomes[test] == {"PASSED"}
