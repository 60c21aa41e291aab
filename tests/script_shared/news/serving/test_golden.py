"""Features, lists and explanations of a fixed snapshot are what they were: no change of the code changes an answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from script_shared.news.ranking.features import FEATURES
from tests.script_shared.news.serving.golden import DIGITS, EXPECTED, FEATURE_ROWS, USERS, answers, recommender

ROUNDING = 2 * 10**-DIGITS


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads(EXPECTED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("golden")
    return answers(recommender(folder))


def test_the_features_and_their_order_are_those_of_the_file(expected: dict[str, Any]) -> None:
    assert expected["features"] == list(FEATURES)


@pytest.mark.parametrize("segment", USERS)
def test_the_features_of_a_fixed_snapshot_are_as_before(
    segment: str, found: dict[str, Any], expected: dict[str, Any]
) -> None:
    new, old = (np.array(one[segment]["features"]) for one in (found, expected["answers"]))
    assert old.shape == (FEATURE_ROWS, len(FEATURES))
    np.testing.assert_allclose(new, old, atol=ROUNDING)


@pytest.mark.parametrize("segment", USERS)
@pytest.mark.parametrize("kind", ["list", "narrowed"])
def test_the_list_and_its_explanation_are_as_before(
    segment: str, kind: str, found: dict[str, Any], expected: dict[str, Any]
) -> None:
    new, old = found[segment][kind], expected["answers"][segment][kind]
    assert {**new, "items": None} == {**old, "items": None}
    for (*words, explain), (*before, explained) in zip(new["items"], old["items"], strict=True):
        article, score, *why = words
        assert [article, *why] == [before[0], *before[2:]]
        assert score == pytest.approx(before[1], abs=ROUNDING)
        assert explain == pytest.approx(explained, abs=ROUNDING)
