"""Places are filled as demanded whenever that is possible, and always filled."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.news.rules.arrangement import Demand, Stock, fill
from script_shared.news.rules.rule_set import Pairs

BITS = (1, 2, 4)
ARTICLES = "abcdef"


def stock_of(bits: dict[str, int], n: int) -> Stock:
    made = Stock(n, bits.__getitem__)
    made.add(bits, lambda article: True)
    return made


def filled(bits: dict[str, int], n: int, demand: Demand, pins: dict[int, str] | None = None) -> str:
    pins = pins or {}
    free = {article: of for article, of in bits.items() if article not in pins.values()}
    return "".join(fill(stock_of(free, n), {at: (name, bits[name]) for at, name in pins.items()}, n, demand))


demands = st.builds(
    lambda least, most, pairs: Demand(
        least, most, Pairs({bit: sum({other for one, other in pairs if one == bit}) for bit in BITS})
    ),
    st.dictionaries(st.sampled_from(BITS), st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(BITS), st.integers(0, 3), max_size=2),
    st.lists(st.tuples(st.sampled_from(BITS), st.sampled_from(BITS)), max_size=2).map(
        lambda pairs: [*pairs, *((other, one) for one, other in pairs)]
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    bits=st.lists(st.sampled_from([0, 0, 1, 2, 4, 3, 6]), min_size=1, max_size=6),
    n=st.integers(1, 4),
    demand=demands,
    pinned=st.dictionaries(st.integers(0, 3), st.sampled_from(ARTICLES), max_size=2),
)
def test_a_list_is_full_has_no_duplicate_keeps_pins_and_fulfils_what_any_list_could(bits, n, demand, pinned):
    of = dict(zip(ARTICLES, bits, strict=False))
    pins = {name: at for at, name in pinned.items() if name in of and at < min(n, len(of))}
    by_place = {at: name for name, at in pins.items()}
    found = filled(of, n, demand, by_place)
    assert len(found) == len(set(found)) == min(n, len(of))
    assert all(found[at] == name for at, name in by_place.items())
    possible = [each for each in permutations(of, len(found)) if all(each[at] == name for at, name in by_place.items())]
    for each in demand.weaker:
        if any(each.is_fulfilled([of[name] for name in other]) for other in possible):
            assert each.is_fulfilled([of[name] for name in found])
            return


def test_without_demands_the_order_stays():
    assert filled(dict.fromkeys(ARTICLES, 0), 4, Demand({}, {}, Pairs({}))) == "abcd"


def test_the_best_article_that_fits_gets_each_place():
    of = {"a": 1, "b": 1, "c": 0, "d": 0}
    assert filled(of, 3, Demand({}, {1: 1}, Pairs({}))) == "acd"
    assert filled(of, 3, Demand({}, {}, Pairs({1: 1}))) == "acb"


def test_a_least_share_brings_later_articles_to_the_end_of_the_list():
    of = {"a": 0, "b": 0, "c": 0, "d": 2, "e": 2}
    assert filled(of, 3, Demand({2: 1}, {}, Pairs({}))) == "abd"
    assert filled(of, 3, Demand({2: 2}, {}, Pairs({}))) == "ade"


def test_the_last_article_of_the_page_before_counts_as_a_neighbour():
    stock = stock_of({"a": 1, "b": 0}, 2)
    assert fill(stock, {}, 2, Demand({}, {}, Pairs({1: 1})), left=1) == ["b", "a"]


@pytest.mark.parametrize("n", [10, 100])
def test_a_demand_that_nothing_fulfils_still_gives_a_full_list(n):
    of = {f"a{place}": 1 for place in range(n)}
    stock = Stock(n, of.__getitem__)
    stock.add(of, lambda article: True)
    assert len(fill(stock, {}, n, Demand({1: n}, {1: 1}, Pairs({1: 1})))) == n
