"""A merged list keeps what the editors placed, and its scores never rise."""

from random import Random

from app.news.experiments.merged import MERGED, merge_answers
from script_shared.experiments.interleaving import NOBODY
from script_shared.news.ranking.query import LiveAnswer, LiveItem


def answer(names: str, pinned: dict[int, str], source: str) -> LiveAnswer:
    """A list of six items, of which the editors chose some."""
    own, items = iter(names), []
    for place in range(6):
        chosen = pinned.get(place)
        score = 0.9 - place / 10
        items.append(LiveItem(chosen, score, "", "editors") if chosen else LiveItem(next(own), score, "", "trending"))
    return LiveAnswer("logged", source, items, [], [])


def test_what_the_editors_gave_the_same_place_in_both_lists_keeps_it() -> None:
    for seed in range(30):
        pins = {1: "pin", 4: "late"}
        found, owners = merge_answers(answer("abcd", pins, "ranker"), answer("wxyz", pins, "live"), 6, Random(seed))
        ids = [item.article_id for item in found.items]
        assert (ids[1], ids[4], len(set(ids)), found.source) == ("pin", "late", 6, MERGED)
        assert [place for place, owner in enumerate(owners) if owner == NOBODY] == [1, 4]
        scores = [item.score for item in found.items]
        assert scores == sorted(scores, reverse=True)


def test_an_article_that_only_one_list_has_from_the_editors_is_drafted_like_any_other() -> None:
    found, owners = merge_answers(answer("abcde", {1: "pin"}, "ranker"), answer("vwxyzu", {}, "ranker"), 6, Random(2))
    assert NOBODY not in owners
    assert "pin" in {item.article_id for item in found.items}
