"""A release answers past requests from what was known then, and from nothing later."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.offline.candidate import Candidate
from pipelines.news.offline.drawn_lists import DrawnList, find
from pipelines.news.offline.features import features_of
from script_shared.events import Entry, EventLog, Kind
from tests.app.releases_made import NOW_MS
from tests.pipelines.news.offline.served_site import PARAMS, STEP_MS, Site


def candidate(releases: dict[str, Path], log: EventLog, name: str = "plain") -> Candidate:
    return Candidate(releases[name], name, log, PARAMS, 30.0)


def test_the_release_that_served_gives_every_list_again(site: Site, releases: dict[str, Path]) -> None:
    lists = [DrawnList(one) for one in site.lists]
    own = [moment.ids for moment in candidate(releases, site.log).moments(site.lists)]
    assert [one.usual for one in lists] == own
    assert any(one.usual != list(one.served.pages) for one in lists)


def test_another_release_gives_other_lists(site: Site, releases: dict[str, Path]) -> None:
    some = site.lists[200:260]
    ranked = [moment.ids for moment in candidate(releases, site.log, "ranked").moments(some)]
    assert ranked != [DrawnList(one).usual for one in some]
    assert all(len(set(ids)) == 10 for ids in ranked)


def test_clicks_after_a_list_change_nothing(tmp_path: Path, releases: dict[str, Path]) -> None:
    site = Site.of(releases["plain"], f"sqlite:///{tmp_path}/events.db")
    site.serve(60, 10)
    before = [moment.ids for moment in candidate(releases, site.log).moments(site.lists[:40])]
    for number in range(300):
        site.click(f"later{number}", f"other{number}", "a11")
    site.write()
    lists = list(candidate(releases, site.log).moments([*site.lists[:40], later(site)]))
    assert [moment.ids for moment in lists[:40]] == before
    assert "a11" in lists[40].ids[:2]


def later(site: Site):
    return replace(site.lists[-1], time_ms=site.now_ms + STEP_MS, user="nobody")


def test_an_entry_with_a_wrong_time_holds_up_none_of_those_that_follow(
    tmp_path: Path, releases: dict[str, Path]
) -> None:
    site = Site.of(releases["plain"], f"sqlite:///{tmp_path}/events.db")
    site.serve(5, 3)
    site.click("wrong", "x", "a40", at_ms=NOW_MS + 10**9)
    site.write()
    site.log.append([Entry("erased", Kind.ERASE, NOW_MS + 10**11, body={"digest": "00"})])
    for number in range(30):
        site.click(f"busy{number}", f"busy{number}", "a49")
    site.write()
    lists = [later(site), replace(later(site), user="busy29")]
    assert ["a49" in moment.ids for moment in candidate(releases, site.log).moments(lists)] == [True, False]


def test_features_are_of_the_moment(site: Site, releases: dict[str, Path]) -> None:
    first, last = site.lists[0], site.lists[-1]
    moments = candidate(releases, site.log).moments([first, last])
    at_first = features_of(next(moments), ["a20", "nothing"], ["x", "a20"])
    assert at_first.shape == (2, 12)
    assert np.isnan(at_first[:, :10]).all()  # nobody had clicked
    assert at_first[0, 10] == 1.0
    assert at_first[1, 10] == 2.0  # after the known part of the order
    at_last = features_of(next(moments), [str(last.pages[0])], [])
    assert (at_last[0, :10] >= 0).all()
    assert at_last[0, 11] == pytest.approx(last.time_ms / 3_600_000 % 24)


def test_lists_are_found_with_their_clicks(site: Site) -> None:
    found = find(site.log, None, None, 10_000)
    assert found.left_out == {"younger than half an hour": 90}
    assert len(found.lists) == len(site.lists) - 90
    clicks = [entry for entry in site.log.tail(0) if entry.kind == Kind.CLICK]
    by_list = {one.key.hex(): set() for one in site.lists}
    for click in clicks:
        by_list[click.body["answer_id"]].add(click.article_id)
    assert [one.clicked for one in found.lists] == [by_list[one.served.key.hex()] for one in found.lists]


def test_a_sample_of_the_lists_is_the_same_sample_every_time(site: Site) -> None:
    few, fewer = find(site.log, None, None, 100), find(site.log, None, None, 50)
    assert (len(few.lists), few.left_out["not in the sample"]) == (100, len(site.lists) - 190)
    assert {one.served.number for one in fewer.lists} < {one.served.number for one in few.lists}
    assert [one.served.time_ms for one in few.lists] == sorted(one.served.time_ms for one in few.lists)


def test_lists_without_a_draw_or_with_another_seed_are_left_out(tmp_path: Path, site: Site) -> None:
    log = EventLog(f"sqlite:///{tmp_path}/events.db")
    drawn = next(one for one in site.lists if one.draw is not None and one.draw.ranks != (0, 1, 2, 3))
    lists = [replace(drawn, draw=None), replace(drawn, key=bytes(12)), drawn]
    log.served.write([*lists, replace(drawn, time_ms=drawn.time_ms + 10**8)], seen=0)
    found = find(log, None, None, 10)
    assert [one.served.key for one in found.lists] == [drawn.key]
    assert found.left_out == {
        "without a draw": 1,
        "with a draw that the answer's id does not give again": 1,
        "younger than half an hour": 1,
    }
