"""Answers that may not be served are refused."""

import numpy as np
import pytest

from script_shared.errors import ReleaseError
from script_shared.news.answer_check import check_rows

ALLOWED = np.array([True, False, True, True])


@pytest.mark.parametrize("rows", [[0, 2], [3, 0], [2, 3]])
def test_allowed_rows_pass(rows: list[int]) -> None:
    check_rows(rows, ALLOWED, 2, "v1")


def test_an_answer_may_be_short_where_no_more_is_allowed() -> None:
    check_rows([3, 0, 2], ALLOWED, 10, "v1")


@pytest.mark.parametrize("rows", [[0], [0, 0], [0, 1], [0, 4], [0, -1]])
def test_short_answers_repeated_rows_and_others_are_refused(rows: list[int]) -> None:
    with pytest.raises(ReleaseError, match="v1: the answers of rows"):
        check_rows(rows, ALLOWED, 2, "v1")


def test_an_answer_without_articles_is_refused() -> None:
    with pytest.raises(ReleaseError, match="no article is published"):
        check_rows([], np.zeros(4, bool), 2, "v1")
