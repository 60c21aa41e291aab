"""Both engines give training the same sums, to the last bit; the factors of ALS differ, but folding in does not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.as_of import snapshot_of
from pipelines.news.dataset import Dataset
from pipelines.news.split.moments import moments_of
from pipelines.news.training.spark import behaviour, read_parts
from pipelines.news.training.spark.dataset import SparkDataset, dataset_on_spark
from pipelines.use_case import Context
from script_shared.algorithms.als import AlsWeights
from script_shared.algorithms.kmeans import Grouping, GroupingWeights
from script_shared.clock import HOUR_MS
from script_shared.news.readers.behaviour import Topics
from script_shared.news.readers.snapshot import Snapshot
from tests.pipelines.news import small_run
from tests.pipelines.news.refine.spark.both_engines import SOCKETS

pytestmark = [pytest.mark.spark, *SOCKETS]
HALF_LIVES = (0.25, 1.0, 6.0)
WEIGHTS = AlsWeights(factors=8, regularization=0.04, iterations=4, alpha=12.0)
Both = tuple[Snapshot, Snapshot]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    context = small_run.context_of(tmp_path_factory.mktemp("site"), "r1")
    small_run.refine(context)
    settings = context.settings.model_copy(update={"engine": "spark"})
    return Context(settings, context.params, context.run, context.options)


@pytest.fixture(scope="module")
def dataset(context: Context) -> Iterator[SparkDataset]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_parts, "SLICE", 500)
        with dataset_on_spark(context, "trained") as dataset:
            yield dataset


@pytest.fixture
def both(context: Context, dataset: SparkDataset) -> Both:
    """The same moment, a day before the end, in memory and on Spark."""
    at_ms = dataset.end_ms - 24 * HOUR_MS
    return snapshot_of(Dataset.load(context.run.read("refined")), at_ms), snapshot_of(dataset, at_ms)


def members_in(snapshot: Snapshot) -> np.ndarray:
    return np.arange(snapshot.n_users) % 3 != 1


def test_the_moments_of_the_data_are_the_same(context: Context, dataset: SparkDataset) -> None:
    loaded = Dataset.load(context.run.read("refined"))
    assert (dataset.begin_ms, dataset.end_ms) == (loaded.begin_ms, loaded.end_ms)
    assert moments_of(dataset, context.params) == moments_of(loaded, context.params)


@pytest.mark.parametrize("back_ms", [0, 5 * HOUR_MS])
def test_counts_of_users_articles_and_popularity_are_the_same(both: Both, back_ms: int) -> None:
    one, other = (snapshot.until(snapshot.as_of_ms - back_ms) for snapshot in both)
    assert np.array_equal(one.reads_by_user(), other.reads_by_user())
    assert np.array_equal(one.reads_by_article(), other.reads_by_article())
    assert np.array_equal(one.popularity(HALF_LIVES), other.popularity(HALF_LIVES))


def test_reads_histories_and_articles_of_members_are_the_same(both: Both) -> None:
    one, other = both
    start_ms = one.as_of_ms - 7 * HOUR_MS
    for name, column in vars(one.reads_since(start_ms)).items():
        assert np.array_equal(column, getattr(other.reads_since(start_ms), name)), name
    for users in (None, np.array([0, 3, 17, 599])):
        for name, column in vars(one.histories(users)).items():
            assert np.array_equal(column, getattr(other.histories(users), name)), name
    members = members_in(one)
    assert np.array_equal(one.articles_read(members, start_ms + 0.5), other.articles_read(members, start_ms + 0.5))


@pytest.mark.parity
def test_features_groups_and_their_counts_are_the_same(both: Both) -> None:
    one, other = both
    topics, start_ms = Topics.of(one), one.as_of_ms - 30 * HOUR_MS
    assert vars(topics.sections).keys() == vars(Topics.of(other).sections).keys()
    codes, members = topics.codes(one), members_in(one)
    tables = [snapshot.behaviour(codes, topics.sizes, start_ms) for snapshot in both]
    features = [table.rows(members) for table in tables]
    assert np.array_equal(*features)
    grouping = Grouping.fit(features[0], GroupingWeights(0.99, 5, 3))
    group, others = (table.groups(grouping) for table in tables)
    assert np.array_equal(group, others)
    assert set(group) == {-1, 0, 1, 2}
    for counted in (
        [snapshot.decayed_by_group(group, 3, start_ms, HALF_LIVES) for snapshot in both],
        [snapshot.topic_reads(group, 3, start_ms, codes) for snapshot in both],
    ):
        assert np.array_equal(*counted)
        assert counted[0].any()


def test_of_many_users_as_many_are_drawn_as_a_process_can_hold(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviour, "MOST_USERS", 50)
    _, other = both
    topics = Topics.of(other)
    table = other.behaviour(topics.codes(other), topics.sizes, 0)
    some = table.rows(members_in(other))
    assert some.shape == (50, table.rows(members_in(other)).shape[1])
    assert np.array_equal(some, table.rows(members_in(other)))


@pytest.mark.parity
def test_users_and_new_articles_are_folded_into_factors_alike(both: Both, dataset: SparkDataset) -> None:
    one, other = both
    members = members_in(one)
    als = one.until(one.as_of_ms - 12 * HOUR_MS).factorise(members, WEIGHTS)
    folded, again = one.fold(als, members), other.fold(als, members)
    assert len(folded.items) > als.n_base_items
    for side in ("users", "items"):
        assert np.array_equal(getattr(folded, side).rows, getattr(again, side).rows)
        np.testing.assert_allclose(getattr(again, side).vectors, getattr(folded, side).vectors, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(again.gram, folded.gram, rtol=1e-4, atol=1e-5)


def test_nobody_has_factors_where_no_member_read_anything(both: Both) -> None:
    _, other = both
    nobody = np.zeros(other.n_users, bool)
    als = other.factorise(nobody, WEIGHTS)
    assert (len(als.users), len(als.items)) == (0, 0)
    assert len(other.fold(als, nobody).users) == 0


def test_no_file_is_left(context: Context, tmp_path: Path) -> None:
    with dataset_on_spark(context, "refitted"):
        pass
    assert not list((context.run.root / "refitted").iterdir())
