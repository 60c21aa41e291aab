"""Served lists as arrays: every article has the exact probability with which the list could have shown it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.news.offline.drawn_lists import DrawnList
from pipelines.news.offline.rows import LoggedLists, predict_clicks
from script_shared.events.served_list import ServedList
from script_shared.exploration.draws import chances, draw
from script_shared.exploration.randomization import Randomization

HOW = Randomization(0.6, 2, 1, 1.5)


def drawn(seed: bytes, clicked: tuple[str, ...] = (), user: str = "ana", how: Randomization = HOW) -> DrawnList:
    pages, outcome = draw(how, list("abcde"), 3, seed)
    served = ServedList(seed + bytes(4), 1, user, "", "logged", "ranker", "v1", pages, 7, outcome)
    return DrawnList(served, set(clicked))


def test_chances_of_articles_and_of_places() -> None:
    one = drawn(b"12345678", ("a",))
    exact = chances(HOW, 3, 2)
    pages, ranks = list(one.served.pages), one.draw.ranks
    assert (one.fixed_ids, one.usual) == (["a"], ["a", "b", "c"])
    anywhere = LoggedLists.of_lists([one], "article")
    assert anywhere.chances.tolist() == pytest.approx([1.0, *(exact[rank].sum() for rank in ranks)])
    assert anywhere.clicks.tolist() == [float(page == "a") for page in pages]
    placed = LoggedLists.of_lists([one], "place")
    assert placed.chances.tolist() == pytest.approx([1.0, *(exact[rank, at] for at, rank in enumerate(ranks))])


@pytest.mark.parametrize(
    ("by", "theirs", "wanted", "possible"),
    [
        ("article", ["d", "c", "x", "a"], lambda pages: [page in "dca" for page in pages], 3),
        ("place", ["d", "c", "x"], lambda pages: [pages[0] == "d", pages[1] == "c", pages[2] == "x"], 1),
        ("place", ["a", "d", "b"], lambda pages: [page == other for page, other in zip(pages, "adb", strict=True)], 3),
    ],
    ids=["articles", "other places", "same places"],
)
def test_what_another_policy_wants(by, theirs, wanted, possible) -> None:
    for number in range(8):
        one = drawn(number.to_bytes(8, "big"))
        found = LoggedLists.of_lists([one], by).trials([theirs])
        assert found.wanted.tolist() == wanted(list(one.served.pages))
        assert (found.possible.tolist(), found.length.tolist()) == ([possible], [len(theirs)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=8, max_size=8), min_size=1, max_size=6), st.sampled_from(["article", "place"]))
def test_nothing_was_shown_that_had_no_chance(seeds, by) -> None:
    logged = LoggedLists.of_lists([drawn(seed) for seed in seeds], by)
    assert (logged.chances > 0).all()
    usual = logged.trials([one.usual for one in logged.lists])
    assert (usual.possible == usual.length).all()


def test_lists_of_nobody_are_of_different_readers() -> None:
    lists = [drawn(b"12345678", user=user) for user in ("ana", "ana", "", "")]
    lists[3] = DrawnList(ServedList(bytes(12), 1, "", "", "", "", "", lists[3].served.pages, 8, lists[3].draw))
    users = LoggedLists.of_lists(lists, "article").users
    assert len(set(users.tolist())) == 3
    assert users[0] == users[1]


def test_a_policy_s_expected_clicks_are_those_of_its_articles() -> None:
    lists = [drawn(n.to_bytes(8, "big"), ("a",) if n % 4 == 0 else (), f"u{n}") for n in range(400)]
    logged = LoggedLists.of_lists(lists, "article")
    known = [list("abcdx") for _ in lists]
    features = [np.array([[1.0], [0.0], [0.0], [0.0], [0.0]]) for _ in lists]
    one, other = predict_clicks(logged, [[["a", "b"]] * 400, [["x"]] * 400], features, known)
    assert one.wanted.mean() == pytest.approx(0.25, abs=0.03)
    assert other.wanted.mean() == pytest.approx(0.0, abs=0.03)
    assert one.shown is other.shown
    assert one.shown[logged.clicks == 1].mean() == pytest.approx(0.25, abs=0.03)
