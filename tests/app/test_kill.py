"""Kill -9 under load: what was acknowledged is in the log, and the state after a start is that of a clean fold."""

from pathlib import Path

import pytest

from tests.benchmarks.kill import prepared, trial


@pytest.mark.slow
def test_three_kills_under_load_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    outcome = trial(prepared(tmp_path), kills=3)
    assert outcome.acknowledged > 100
    assert outcome.questions > 10
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert outcome.equal
