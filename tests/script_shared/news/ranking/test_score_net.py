"""The inputs of the network equal, to the last bit, those of the array operations with which it is fitted."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.errors import ReleaseCorruptError
from script_shared.news.ranking.score_net import BOUND, ScoreNet, bound, inputs, with_logarithms


@pytest.mark.parametrize("order", ["C", "F"])
@settings(max_examples=60, deadline=None)
@given(st.integers(1, 50), st.integers(1, 9), st.integers(0, 4), st.integers(0, 2**31))
def test_inputs_are_standardised_and_bounded_features(
    order: Literal["C", "F"], rows: int, width: int, logarithms: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    features = np.array(random.standard_normal((rows, width)) * 1e3, np.float32, order=order)
    odd = random.random(features.shape)
    for share, value in ((0.02, np.nan), (0.04, np.inf), (0.06, -np.inf), (0.1, 1e30)):
        features[(odd < share) & (odd > share - 0.02)] = value
    logs = random.integers(0, width, logarithms)
    mean = random.standard_normal(width + logarithms).astype(np.float32)
    scale = random.random(width + logarithms).astype(np.float32) + np.float32(0.1)
    before = features.copy()
    found = inputs(features, logs, mean, scale)
    wanted = np.clip((with_logarithms(bound(features), logs) - mean) / scale, -BOUND, BOUND)
    assert found.tobytes() == np.asarray(wanted, np.float32).tobytes()
    assert found.flags.c_contiguous == (order == "C") or 1 in found.shape
    assert features.tobytes() == before.tobytes()


def test_a_network_of_other_numbers_is_refused(tmp_path: Path) -> None:
    wide, narrow = np.ones(4, np.float32), np.ones(2, np.float32)
    net = ScoreNet(
        np.zeros(0, np.int64), wide, wide, np.ones((4, 2), np.float32), narrow, np.ones((2, 2)), narrow, narrow, wide
    )
    net.save(tmp_path)
    with pytest.raises(ReleaseCorruptError, match="do not fit"):
        ScoreNet.load(tmp_path, 4)
    replace(net, second=net.second.astype(np.float32)).save(tmp_path)
    assert ScoreNet.load(tmp_path, 4) is not None
