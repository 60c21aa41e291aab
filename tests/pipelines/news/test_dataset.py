"""The data set in memory: columns, cheap slices of time, and what is missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.dataset import Dataset, Interactions
from pipelines.news.refine import refine
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, read, write_raw


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    context = context_of(tmp_path_factory.mktemp("data"))
    readers = [Reader("ann", [read(1, START + 7), read(2, START + 9)], "Logged"), Reader("bob", [read(0, START + 8)])]
    with context.run.write("raw") as (raw, _):
        write_raw(raw, readers)
    refine(context)
    return Dataset.load(context.run.read("refined"))


def _interactions(times: list[int]) -> Interactions:
    column = np.arange(len(times))
    return Interactions(
        column, column, np.array(sorted(times), np.int64), *[column.astype(np.float32)] * 5, *[column] * 3
    )


def test_columns_have_the_promised_types(data: Dataset) -> None:
    kinds = {name: column.dtype.name for name, column in vars(data.interactions).items()}
    floats = dict.fromkeys(("engagement", "seconds", "clicks", "scroll", "visits"), "float32")
    whole = {"user": "uint32", "article": "uint32", "time_ms": "int64", "session": "int64"}
    assert kinds == floats | whole | {"region": "int16", "device": "int16"}


def test_reads_are_in_order_of_time_with_seconds_from_milliseconds(data: Dataset) -> None:
    assert data.interactions.time_ms.tolist() == [START + 7, START + 8, START + 9]
    assert data.interactions.user.tolist() == [0, 1, 0]
    assert data.interactions.article.tolist() == [1, 0, 2]
    assert data.interactions.seconds.tolist() == [60.0] * 3


def test_a_column_the_source_does_not_have_is_minus_one(data: Dataset) -> None:
    assert data.interactions.session.tolist() == [-1] * 3
    assert data.interactions.until(START + 7).region.tolist() == [-1]


def test_users_articles_and_texts_are_by_row(data: Dataset) -> None:
    assert data.logged.tolist() == [True, False]
    assert (data.n_users, data.n_articles, data.end_ms) == (2, len(PAGES), START + 9)
    assert data.issued_ms.dtype == np.int64
    assert data.articles["article_id"].to_list() == PAGES
    assert data.texts().collect().row(0)[0] == "Título, com vírgula"
    assert "body" not in data.articles.columns


def test_slices_of_time_are_views(data: Dataset) -> None:
    part = data.interactions.between(START + 7, START + 9)
    assert np.shares_memory(part.time_ms, data.interactions.time_ms)
    assert np.shares_memory(data.interactions.until(START + 8).user, data.interactions.user)


@given(st.lists(st.integers(0, 30), max_size=20), st.integers(-1, 31), st.integers(-1, 31))
def test_until_takes_the_moment_itself_and_between_leaves_out_its_start(times: list[int], one: int, two: int) -> None:
    low, high = sorted([one, two])
    reads = _interactions(times)
    assert reads.until(high).time_ms.tolist() == [time for time in sorted(times) if time <= high]
    assert reads.between(low, high).time_ms.tolist() == [time for time in sorted(times) if low < time <= high]
    assert len(reads.until(low)) + len(reads.between(low, high)) == len(reads.until(high))
