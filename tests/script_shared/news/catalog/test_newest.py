"""The newest articles first: catalog and posts in one order; pages cover it without loss or repetition."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from script_shared.arrays import IdIndex, Strings
from script_shared.events import Entry, Kind
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial
from script_shared.news.catalog.newest import Newest, Place

TIMES = st.integers(1, 4)  # few, so that many articles share a moment
SOME = st.lists(TIMES, max_size=30)


def catalog(times: list[int]) -> Catalog:
    count = len(times)
    return Catalog(
        ids=IdIndex.of([f"c{number}" for number in range(count)]),
        urls=Strings.of([""] * count),
        titles=Strings.of([""] * count),
        issued_ms=np.array(times, np.int64),
        section=(np.arange(count) % 2).astype(np.int16),
        section_names=Strings.of(["even", "odd"]),
        region=np.full(count, -1, np.int16),
        region_names=Strings.of([]),
    )


def newest(times: list[int], posts: list[tuple[str, Any]]) -> Newest:
    editorial, known = Editorial(), catalog(times)
    for page, issued in posts:
        editorial.apply(Entry(f"p {page}", Kind.ARTICLE, 9, "", page, {} if issued is None else {"issued_ms": issued}))
    made = Newest(known, editorial, CatalogRows(known))
    made.refresh()
    return made


def issued(time: int) -> int:
    return 1_600_000_000_000 + time


@given(SOME, st.lists(TIMES, max_size=10), st.integers(1, 5))
def test_the_pages_together_are_the_whole_order(times: list[int], posted: list[int], size: int) -> None:
    posts: list[tuple[str, Any]] = [(f"p{number}", issued(time)) for number, time in enumerate(posted)]
    made = newest([issued(time) for time in times], [*posts, *[(f"c{n}", None) for n in range(0, len(times), 3)]])
    whole = list(made.after(Place.before(issued(9))))
    assert sorted(found.article_id for found in whole) == sorted(
        [f"c{number}" for number in range(len(times))] + [f"p{number}" for number in range(len(posted))]
    )
    assert [found.place for found in whole] == sorted(found.place for found in whole)
    paged, place = [], Place.before(issued(9))
    while page := [found for found, _ in zip(made.after(place), range(size), strict=False)]:
        paged += page
        place = page[-1].place
    assert paged == whole


@given(SOME, TIMES)
def test_a_page_has_nothing_before_its_place(times: list[int], now: int) -> None:
    made = newest([issued(time) for time in times], [])
    found = [int(-at.place.age) for at in made.after(Place.before(issued(now)))]
    assert found == sorted((issued(time) for time in times if time <= now), reverse=True)


def test_a_post_is_in_its_place_after_a_refresh() -> None:
    made = newest([issued(1), issued(3)], [])
    assert made.is_current
    made._editorial.apply(Entry("p", Kind.ARTICLE, 9, "", "c0", {"issued_ms": issued(4)}))
    assert not made.is_current
    made.refresh()
    assert [found.article_id for found in made.after(Place.before(issued(9)))] == ["c0", "c1"]


def test_a_section_leaves_out_other_articles_of_the_catalog() -> None:
    made = newest([issued(number) for number in range(6)], [])
    assert [found.article_id for found in made.after(Place.before(issued(9)), section="odd")] == ["c5", "c3", "c1"]
