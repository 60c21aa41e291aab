"""Which clicks are judged, and what popularity would have shown instead."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.guard.judged import Clicks
from pipelines.news.live.judged import MARGIN_MS, judged_clicks
from pipelines.news.live.popular import Popular
from script_shared.clock import HOUR_MS, wall_ms
from script_shared.events import Entry, Kind
from script_shared.events.served_list import ServedList, answer_key
from script_shared.news.catalog.catalog import Catalog
from tests.app.releases_made import NOW_MS
from tests.pipelines.guard.site import Site

MINUTE = 60_000


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    made.promote("v1")
    yield made
    made.log.close()


def served(user: str, *pages: str, at: int = 0, name: str = "", release: str = "v1") -> ServedList:
    key = answer_key(name or f"{user}{at}")
    return ServedList(key, NOW_MS + at, user, "", "logged", "ranker", release, list(pages))


def click(user: str, page: str, at: int) -> Entry:
    return Entry(f"{user}-{page}-{at}", Kind.CLICK, NOW_MS + at, user, page)


def judged(site: Site, lists: list[ServedList], clicks: list[Entry], *, until: int = HOUR_MS) -> Clicks:
    """Everything from the moment NOW_MS - 1 on."""
    end = served("z", at=until + MARGIN_MS, release="")
    site.log.served.write([*lists, end], seen=0)
    site.log.append(clicks)
    found = judged_clicks(site.context(), NOW_MS - 1)
    assert found is not None
    assert found.until_ms == NOW_MS + until
    return found


def test_a_click_is_judged_by_its_list_and_by_what_was_read_most_when_the_list_was_served(site: Site) -> None:
    before = [click(f"b{each}", "a11", -MINUTE - each) for each in range(3)]
    before += [click(f"b{each}", "a12", -MINUTE - each) for each in range(2)]
    after = [click(f"c{each}", "a13", 2 * MINUTE) for each in range(9)]
    found = judged(
        site,
        [served("ana", "a13", at=MINUTE), served("rui", "a11", at=MINUTE), served("eva", "a20", at=5 * MINUTE)],
        [
            *before,
            *after,
            *(click(user, page, 6 * MINUTE) for user, page in [("ana", "a13"), ("rui", "a11"), ("eva", "a13")]),
        ],
    )
    results = {each.person: (each.hit, each.popular) for each in found.judged}
    assert results == {"ana": (True, False), "rui": (True, True), "eva": (False, True)}
    assert found.answers == {"v1": 3}


def test_popularity_has_as_many_places_as_the_list_and_leaves_out_what_its_reader_had_read(site: Site) -> None:
    before = [click(f"b{each}", "a11", -2 * MINUTE) for each in range(5)]
    before += [click(f"b{each}", "a12", -2 * MINUTE + 1) for each in range(3)]
    one = [served(user, "a20", at=MINUTE) for user in ("ana", "rui")]
    read = click("rui", "a11", -MINUTE)
    found = judged(site, one, [*before, read, *(click(user, "a12", 2 * MINUTE) for user in ("ana", "rui"))])
    assert {each.person: each.popular for each in found.judged} == {"ana": False, "rui": True}


def test_articles_that_may_not_be_shown_are_not_popular(site: Site) -> None:
    """a3 has expired, a55 is not yet published, nobody knows x."""
    before = [click(f"b{each}", page, -MINUTE + each) for each, page in enumerate(["a3", "a55", "x"])]
    found = judged(
        site, [served("ana", "a20", at=1)], [*before, *(click("ana", page, 2) for page in ("a3", "a55", "x"))]
    )
    assert [each.popular for each in found.judged] == [False, False, False]


def test_second_clicks_late_clicks_and_clicks_without_a_list_are_not_judged(site: Site) -> None:
    found = judged(
        site,
        [served("ana", "a11", "a12", at=0)],
        [
            click("ana", "a11", 1),
            click("ana", "a11", MINUTE),
            click("ana", "a12", 31 * MINUTE),
            click("rui", "a11", 2),
        ],
    )
    assert [(each.person, each.hit) for each in found.judged] == [("ana", True)]


def test_a_click_is_judged_in_one_look_only_and_its_list_may_be_older_than_the_look(site: Site) -> None:
    first = judged(
        site,
        [served("ana", "a11", at=0)],
        [click("ana", "a11", MINUTE), click("ana", "a12", 20 * MINUTE)],
        until=10 * MINUTE,
    )
    assert [each.hit for each in first.judged] == [True]
    site.log.served.write([served("z", at=HOUR_MS, release="")], seen=0)
    second = judged_clicks(site.context(), first.until_ms)
    assert second is not None
    assert [each.hit for each in second.judged] == [False]
    assert not second.answers["v1"]


def test_a_clock_that_was_ahead_for_a_while_does_not_keep_later_clicks_from_being_judged(site: Site) -> None:
    day_ahead = wall_ms() + 24 * HOUR_MS
    site.log.served.write([served("eva", "a11", at=day_ahead - NOW_MS)], seen=0)
    found = judged(site, [served("ana", "a11", at=MINUTE)], [click("ana", "a11", 2 * MINUTE)])
    assert [each.person for each in found.judged] == ["ana"]
    again = judged_clicks(site.context(), day_ahead)  # where a look ended that was made on that clock
    assert again is not None
    assert again.until_ms == found.until_ms


def test_without_new_lists_there_is_nothing_to_judge(site: Site) -> None:
    assert judged_clicks(site.context(), NOW_MS) is None
    site.log.served.write([served("ana", "a11")], seen=0)
    assert judged_clicks(site.context(), NOW_MS) is None


def test_a_release_whose_catalog_is_wrong_is_still_compared_with_what_was_read_most(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its articles have each other's publication, so that what is read now seems to have expired."""
    site.promote("v2")
    wrong = str(site.releases.fetch("v2"))
    load = Catalog.load

    def loaded(folder: Path) -> Catalog:
        found = load(folder)
        expired = np.full(len(found), NOW_MS - 10_000 * HOUR_MS)
        return replace(found, issued_ms=expired) if str(folder).startswith(wrong) else found

    monkeypatch.setattr(Catalog, "load", loaded)
    before = [click(f"b{each}", "a11", -MINUTE - each) for each in range(3)]
    lists = [served("rui", "a20", at=MINUTE, release="v2")]
    found = judged(site, lists, [*before, click("rui", "a11", 6 * MINUTE)])
    assert [(each.hit, each.popular) for each in found.judged] == [(False, True)]


def test_without_a_readable_release_before_the_catalog_in_service_decides(
    site: Site,
) -> None:
    site.promote("v2")
    shutil.rmtree(site.releases.fetch("v1") / "catalog")
    found = judged(site, [served("rui", "a11", at=MINUTE)], [click("rui", "a11", 6 * MINUTE)])
    assert [each.hit for each in found.judged] == [True]


def test_counts_decay_and_stay_finite_over_years(site: Site) -> None:
    popular = Popular([], site.log.articles.needed_rows(0, 10), 1e9)
    year = 365 * 24 * HOUR_MS
    for number in range(50):
        popular.count(f"a{number}", NOW_MS + number * year // 10)
    assert max(popular._counts.values()) < 2.0**1000
    assert max(popular._counts, key=popular._counts.__getitem__) == "a49"
