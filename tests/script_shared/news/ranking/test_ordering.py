"""Two orders are merged by reciprocal places."""

from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.ranking.ordering import FUSION, fuse

ORDERS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(ORDERS, ORDERS, st.floats(0, 0.99))
def test_articles_are_ordered_by_the_sum_of_their_reciprocal_places(
    live: list[str], batch: list[str], trust: float
) -> None:
    scores: dict[str, float] = {}
    for order, weight in ((live, trust), (batch, 1.0 - trust)):
        for place, article in enumerate(order):
            scores[article] = scores.get(article, 0.0) + weight / (FUSION + place)
    wanted = sorted(scores, key=lambda article: -scores[article])
    assert list(fuse(iter(live), batch, trust)) == (wanted if batch else live)
