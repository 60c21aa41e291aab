"""Own vectors and tags: cosine and Jaccard equal hand-computed values, memory is bounded, and the last post decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.catalog import own_vectors
from script_shared.news.catalog.own_vectors import OwnVectors
from script_shared.news.catalog.tags import TagIndex


def test_likeness_is_the_greatest_cosine_of_the_same_name() -> None:
    own = OwnVectors()
    own.apply("x", [1, 0], "m")
    own.apply("y", [1, 1], "m")
    own.apply("z", [-1, 0], "m")
    own.apply("other", [5, 0], "n")
    found = own.likeness(["x", "y", "z", "other", "unknown"], ["x", "nobody"])
    assert found == pytest.approx([1, 2**-0.5, 0, 0, 0])
    assert own.likeness(["x"], []).tolist() == [0]


@pytest.mark.parametrize("vector", [[1, 2, 3], [0, 0], [float("inf"), 1]])
def test_a_vector_that_cannot_be_compared_removes_the_vector_of_the_article(vector: list[float]) -> None:
    own = OwnVectors()
    own.apply("first", [1, 0], "m")
    own.apply("x", [1, 0], "m")
    own.apply("x", vector, "m")
    assert list(own) == ["first"]


def test_only_the_vectors_posted_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_vectors, "MOST", 3)
    own = OwnVectors()
    for name in "abcda":
        own.apply(name, [1, 2], "")
    assert list(own) == ["c", "d", "a"]


def test_likeness_by_tags_is_the_share_in_common() -> None:
    tags = TagIndex()
    tags.apply("x", ["a", "b"])
    tags.apply("y", ["B", "c"])
    tags.apply("z", ["d"])
    assert tags.likeness(["x", "y", "z", "nobody"], ["x"]).tolist() == pytest.approx([1, 1 / 3, 0, 0])
    assert sorted(tags.sharing(["x"])) == ["x", "y"]


POSTS = st.lists(st.tuples(st.sampled_from("pqr"), st.lists(st.sampled_from(["a", "B", "ç", "!"]), max_size=3)))


@given(POSTS)
def test_the_last_post_of_an_article_decides_its_tags(posts: list[tuple[str, list[str]]]) -> None:
    index, alone = TagIndex(), TagIndex()
    for page, tags in posts:
        index.apply(page, tags)
    for page, tags in dict(posts).items():
        alone.apply(page, tags)
    for tag in ("a", "b", "c"):
        assert sorted(index.articles(tag)) == sorted(alone.articles(tag))
    assert np.array_equal(index.likeness(list("pqr"), ["p"]), alone.likeness(list("pqr"), ["p"]))
