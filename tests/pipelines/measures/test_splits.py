"""The split in time: where T lies, and what counts as newly read after it."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measures.splits import Window, ground_truth, held_out_window
from script_shared.clock import HOUR_MS
from script_shared.errors import InputError


@dataclass
class Table:
    user: np.ndarray
    article: np.ndarray
    time_ms: np.ndarray


def reads(*rows: tuple[int, int, int]) -> Table:
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return Table(columns[0].astype(np.uint32), columns[1].astype(np.uint32), columns[2])


def truth_of(known: Table, held_out: Table, n_articles: int = 10, issued: int = 0, max_age_ms: float = 1e9):
    return ground_truth(known, held_out, Window(100, 200, "time_split"), np.full(n_articles, issued), max_age_ms)


def test_the_split_lies_one_window_before_the_end_of_the_data():
    window = held_out_window(reads((0, 0, 0), (0, 1, 48 * HOUR_MS)), None, window_hours=12)
    assert window == Window(36 * HOUR_MS, 48 * HOUR_MS, "time_split")


def test_with_a_validation_file_the_split_is_the_end_of_the_training_data():
    window = held_out_window(reads((0, 0, 0), (0, 1, 500)), reads((0, 3, 900), (1, 4, 800)), window_hours=12)
    assert window == Window(500, 900, "validation_file")


def test_the_validation_file_can_be_left_aside():
    table = reads((0, 0, 0), (0, 1, 20 * HOUR_MS))
    window = held_out_window(table, reads((0, 3, 900)), window_hours=12, use_validation_file=False)
    assert window.protocol == "time_split"


def test_data_shorter_than_the_window_is_refused_with_its_length():
    with pytest.raises(InputError, match=r"span 12\.0 hours; a window of 12 hours"):
        held_out_window(reads((0, 0, 0), (0, 1, 12 * HOUR_MS)), None, window_hours=12)
    with pytest.raises(InputError, match="no interactions"):
        held_out_window(reads(), None, window_hours=12)


def test_a_read_at_the_split_belongs_to_the_past_and_one_at_the_end_to_the_window():
    truth = truth_of(reads(), reads((0, 1, 100), (0, 2, 101), (0, 3, 200), (0, 4, 201)))
    assert truth.reads.toarray()[0].nonzero()[0].tolist() == [2, 3]
    assert truth.counts["outside_window"] == 2


def test_articles_read_before_or_twice_are_left_out_and_counted():
    truth = truth_of(reads((5, 1, 50)), reads((5, 1, 110), (5, 2, 120), (5, 2, 130), (7, 1, 140), (9, 1, 300)))
    assert truth.users.tolist() == [5, 7]
    assert truth.reads.toarray().nonzero()[1].tolist() == [2, 1]
    assert (truth.counts["already_read"], truth.counts["repeated_in_window"], truth.counts["new_reads"]) == (1, 1, 2)


def test_a_read_after_the_split_does_not_count_as_known():
    table = reads((0, 1, 110), (0, 2, 120))
    assert truth_of(table, table).counts["new_reads"] == 2


def test_articles_no_model_could_have_reached_stay_in_the_ground_truth_and_are_counted():
    issued = np.array([50, 150, 10])
    known, held_out = reads(), reads((0, 0, 110), (0, 1, 160), (0, 2, 170))
    truth = ground_truth(known, held_out, Window(100, 200, "time_split"), issued, max_age_ms=60)
    assert truth.counts["new_reads"] == 3
    assert (truth.counts["published_after_start"], truth.counts["expired_at_start"]) == (1, 1)


def test_a_window_in_which_nobody_read_anything_new_has_no_users():
    truth = truth_of(reads((0, 1, 50)), reads((0, 1, 150)))
    assert truth.reads.shape == (0, 10)
    assert truth.counts["new_reads"] == 0


rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 300)), max_size=40)


@given(rows, rows)
@settings(max_examples=100, deadline=None)
def test_the_ground_truth_is_what_plain_sets_give(known, held_out):
    truth = truth_of(reads(*known), reads(*held_out))
    before = {(user, article) for user, article, time in known if time <= 100}
    expected = {(user, article) for user, article, time in held_out if 100 < time <= 200} - before
    rows_of, articles = truth.reads.nonzero()
    assert set(zip(truth.users[rows_of].tolist(), articles.tolist(), strict=True)) == expected
    counts = truth.counts
    assert counts["reads_in_window"] == counts["new_reads"] + counts["already_read"] + counts["repeated_in_window"]
