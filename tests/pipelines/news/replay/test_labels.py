"""The labels on offer, against values counted by hand."""

import numpy as np
import pytest

from pipelines.news.replay.labels import target_score


def test_the_target_score_follows_its_formula() -> None:
    score = target_score(
        clicks=[2, 0, 1], seconds=[60, 5, 30], scroll=[50, 0, 20], hours_since_last=[0, 100, 1], history=[13, 13, 26],
        gap_days=[0, 0, 50],
    )  # fmt: skip
    first, third = np.log1p((2 + 90 + 50) * 13 / 130), np.log1p((1 + 45 + 20 - 1) * 26 / 130 / 2)
    assert score == pytest.approx([1.0, 0.0, third / first])


def test_equal_reads_have_equal_scores() -> None:
    same = np.ones(3)
    assert target_score(same, same, same, same, same, same).tolist() == [0.0, 0.0, 0.0]
