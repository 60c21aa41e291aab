"""The cluster of a user who clicks is looked up once in each release."""

import pytest

from script_shared.news.state import reader_clusters
from script_shared.news.state.reader_clusters import MOST_CLUSTERS, ReaderClusters


class Release:
    """An assignment that counts how often it is called."""

    def __init__(self, cluster: int) -> None:
        self.cluster, self.calls = cluster, 0

    def __call__(self, user: str) -> int:
        self.calls += 1
        return self.cluster


def test_a_user_is_looked_up_once_in_each_release() -> None:
    clusters, releases = ReaderClusters(), [Release(1), Release(2), Release(-1), Release(MOST_CLUSTERS)]
    for release, expected in zip(releases, (1, 2, -1, -1), strict=True):
        clusters.assignment = release
        assert [clusters.of("ana", 7), clusters.of("ana", 7)] == [expected, expected]
    assert [release.calls for release in releases] == [1, 1, 1, 1]


def test_an_erased_user_has_no_cluster_although_it_was_looked_up_before() -> None:
    clusters = ReaderClusters()
    clusters.assignment = Release(3)
    assert clusters.of("ana", 7) == 3
    clusters.forget(7)
    assert clusters.of("ana", 7) == -1


def test_the_number_of_remembered_users_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_clusters, "_REMEMBERED", 2)
    clusters, release = ReaderClusters(), Release(3)
    clusters.assignment = release
    for key in (1, 2, 3, 3, 1):
        assert clusters.of("ana", key) == 3
    assert release.calls == 4
