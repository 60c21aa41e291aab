"""What holds for every algorithm."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from script_shared.algorithms.histories import Batch, Histories
from tests.script_shared.algorithms.cases import ARTICLES, FITS, LOADS, Checkerboard

BOARD = Checkerboard()


@pytest.fixture(scope="module", params=sorted(FITS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fitted(name: str) -> Any:
    return FITS[name](BOARD)


def test_a_score_for_every_reader_and_candidate(fitted: Any) -> None:
    scores = fitted.over(BOARD.candidates)(BOARD.batch(0, 5, 7))
    assert scores.shape == (3, ARTICLES)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_the_same_reads_give_the_same_scores(fitted: Any, name: str) -> None:
    again = FITS[name](Checkerboard())
    batch = BOARD.batch(*range(10))
    np.testing.assert_array_equal(fitted.over(BOARD.candidates)(batch), again.over(BOARD.candidates)(batch))


def test_a_reader_scores_the_same_alone_and_among_others(fitted: Any) -> None:
    score = fitted.over(BOARD.candidates)
    together = score(BOARD.batch(3, 4, 8))
    np.testing.assert_allclose(score(BOARD.batch(4))[0], together[1], rtol=1e-5, atol=1e-6)


def test_strangers_get_finite_scores_that_do_not_tell_them_apart(fitted: Any) -> None:
    scores = fitted.over(BOARD.candidates)(Batch(np.array([-1, -1]), Histories.empty(2)))
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(scores[0], scores[1])


def test_no_candidates_give_no_scores(fitted: Any) -> None:
    nothing = type(BOARD.candidates)(np.zeros(0, np.int64), np.zeros(0, np.int64), BOARD.candidates.now_ms)
    assert fitted.over(nothing)(BOARD.batch(0, 1)).shape == (2, 0)


def test_what_was_saved_scores_as_before(fitted: Any, name: str, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    loaded = LOADS[name](tmp_path, BOARD)
    batch = BOARD.batch(*range(10))
    np.testing.assert_array_equal(loaded.over(BOARD.candidates)(batch), fitted.over(BOARD.candidates)(batch))


def test_only_plain_arrays_are_saved(fitted: Any, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.suffix == ".npy"
        np.load(path, allow_pickle=False)
