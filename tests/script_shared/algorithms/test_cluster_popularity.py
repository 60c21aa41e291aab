"""Groups of behaviour that are found again, and what they read."""

import numpy as np

from script_shared.algorithms.cluster_popularity import ClusterPopularity, ClusterWeights
from script_shared.algorithms.histories import Candidates
from script_shared.algorithms.kmeans import Grouping, GroupingWeights
from script_shared.algorithms.popularity import Popularity
from tests.script_shared.algorithms.cases import ARTICLES, NOW_MS, POPULARITY, Checkerboard, clusters

BOARD = Checkerboard()
WEIGHTS = GroupingWeights(cap_quantile=0.99, components=3, groups=3)


def planted(seed: int = 5, n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Three well parted clouds in eight dimensions, and which is whose."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 3
    centres = rng.normal(0, 10, (3, 8))
    return centres[truth] + rng.normal(0, 1, (n, 8)), truth


def test_planted_groups_are_found() -> None:
    features, truth = planted()
    found = Grouping.fit(features, WEIGHTS).assign(features)
    assert len({(a, b) for a, b in zip(truth.tolist(), found.tolist(), strict=True)}) == 3


def test_a_monster_value_does_not_get_a_group_of_its_own() -> None:
    features, _ = planted(n=300)
    features[0, 0] = 1e9
    found = Grouping.fit(features, WEIGHTS).assign(features)
    assert np.bincount(found).min() > 50


def test_missing_features_count_as_average() -> None:
    features, _ = planted()
    grouping = Grouping.fit(features, WEIGHTS)
    filled = np.where(np.arange(8) < 3, grouping.mean, features[:5])
    missing = np.where(np.arange(8) < 3, np.nan, features[:5])
    np.testing.assert_array_equal(grouping.assign(missing), grouping.assign(filled))


def test_few_readers_or_none_still_give_a_group() -> None:
    assert Grouping.fit(np.zeros((0, 4)), WEIGHTS).assign(np.zeros((2, 4))).tolist() == [0, 0]
    assert Grouping.fit(np.ones((5, 4)), WEIGHTS).n_groups == 1


def test_a_group_is_shown_what_it_reads() -> None:
    added = clusters(BOARD).over(BOARD.candidates)(BOARD.batch(0, 1))
    even = np.arange(ARTICLES) % 2 == 0
    assert added[0][even].mean() > 0 > added[0][~even].mean()
    assert added[1][~even].mean() > 0 > added[1][even].mean()


def test_an_article_without_reads_in_the_group_is_judged_by_its_section() -> None:
    fitted = by_section()
    added = fitted.over(Candidates(np.arange(4), np.full(4, NOW_MS), NOW_MS))(BOARD.batch(0))
    assert added[0][2] > added[0][3]  # section 0 is what group 0 reads; neither article was read by it


def by_section() -> ClusterPopularity:
    """Group 0 read article 0 of section 0, group 1 article 1 of section 1; both sections have one more article."""
    article = np.array([0] * 50 + [1] * 50 + [2, 3])
    reader = np.array([0] * 50 + [1] * 50 + [1, 1])
    times = np.full(102, NOW_MS)
    topics = np.array([[0, 1, 0, 1], [-1] * 4], np.int16)
    everybody = Popularity.fit(article, times, 4, NOW_MS, POPULARITY)
    group = np.array([0, 1], np.int16)
    weights = ClusterWeights(cluster_weight=1.0, shrinkage=20.0)
    return ClusterPopularity.fit(reader, article, times, group, topics, everybody, n_groups=2, weights=weights)
