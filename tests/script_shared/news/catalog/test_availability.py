"""The last filter, rule by rule."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.news.catalog.availability import Availability, Bars, mark
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial
from tests.app.releases_made import NOW_MS, catalog


def available(*posts):
    editorial = Editorial()
    for page, body in posts:
        editorial.apply(Entry("e", Kind.ARTICLE, NOW_MS, "", page, body))
    articles = catalog("Notícia")
    return Availability(articles, editorial, NOW_MS, 168.0, CatalogRows(articles))


@pytest.mark.parametrize(
    ("page", "body", "refusal"),
    [
        ("a20", None, ""),
        ("a5", None, "expired"),
        ("a55", None, "not_published"),
        ("new", None, "unknown"),
        ("new", {}, ""),
        ("new", {"title": "t"}, ""),
        ("a20", {"hidden": True}, "hidden"),
        ("a20", {"taken_down": True, "hidden": True}, "taken_down"),
        ("a20", {"embargo_ms": NOW_MS + 1}, "embargoed"),
        ("a20", {"embargo_ms": NOW_MS}, ""),
        ("a20", {"expires_ms": NOW_MS}, "expired"),
        ("a20", {"expires_ms": NOW_MS + 1}, ""),
        ("a5", {"issued_ms": NOW_MS - HOUR_MS}, ""),
        ("a20", {"issued_ms": NOW_MS - 169 * HOUR_MS}, "expired"),
        ("a20", {"issued_ms": None}, ""),
    ],
)
def test_facts_about_an_article_decide_whether_it_is_refused(page, body, refusal):
    posts = [(page, body)] if body is not None else []
    assert available(*posts).refusal(page, Bars()) == refusal


@pytest.mark.parametrize(
    ("bars", "refusal"),
    [
        (Bars(read={"a20"}), "read"),
        (Bars(read_rows={20}), "read"),
        (Bars(excluded={"a20"}), "excluded"),
        (Bars(pages=frozenset([mark("a20")])), "excluded"),
        (Bars(too_often={"a20"}), "shown_too_often"),
        (Bars(section="esportes"), "other_section"),
        (Bars(section="mundo"), ""),
        (Bars(max_age_hours=28.9), "too_old"),
        (Bars(max_age_hours=29.0), ""),
    ],
)
def test_articles_that_the_request_excludes_are_refused(bars, refusal):
    assert available().refusal("a20", bars) == refusal


def test_sifting_keeps_the_order_and_returns_each_article_once():
    assert list(available().sift(["a21", "a5", "a20", "a21", "nobody"], Bars())) == ["a21", "a20"]


def test_a_post_overrides_the_release():
    some = available(("a20", {"section": "cultura", "issued_ms": NOW_MS - HOUR_MS}))
    assert some.section("a20", 20) == "cultura"
    assert some.issued_ms("a20", 20) == NOW_MS - HOUR_MS
    assert some.section("a21", 21) == "economia"


def test_an_article_whose_embargo_is_removed_may_be_shown():
    some = available(("a20", {"embargo_ms": NOW_MS + HOUR_MS}), ("a20", {"embargo_ms": None}))
    assert some.refusal("a20", Bars()) == ""


@given(
    bars=st.builds(
        Bars,
        read=st.frozensets(st.sampled_from(["a20", "a21", "nobody"])),
        read_rows=st.frozensets(st.integers(0, 59)),
        excluded=st.frozensets(st.sampled_from(["a30", "a31", ""])),
        too_often=st.frozensets(st.sampled_from(["a40"])),
        section=st.sampled_from(["", "mundo", "nowhere", "cultura"]),
        max_age_hours=st.sampled_from([None, 0.5, 3.0, 1e9]),
    ),
    posted=st.dictionaries(
        st.sampled_from(["a2", "a20", "a25", "a55"]),
        st.sampled_from([{"section": "cultura"}, {"issued_ms": NOW_MS}, {"hidden": True}]),
    ),
)
def test_all_allowed_articles_are_possible_and_otherwise_only_posted_ones(bars, posted):
    known = available(*posted.items())
    possible = known.possible(bars)
    shown = {row for row in range(60) if not known.refusal(f"a{row}", bars)}
    assert shown <= set(np.flatnonzero(possible).tolist())
    others = set(np.flatnonzero(possible).tolist()) - shown
    assert others <= {int(page[1:]) for page in posted}


def test_an_address_gives_section_and_region_if_the_post_does_not():
    url = {"url": "https://site.example/sp/campinas/saude/noticia/a.ghtml"}
    some = available(("new", url), ("a20", {"section": "", "region": None}), ("a21", {**url, "section": "Cultura"}))
    assert (some.section("new", -1), some.region("new", -1)) == ("saude", "sp")
    assert some.section("a20", 20) == available().section("a20", 20)  # a blank section is ignored, as in refine
    assert (some.section("a21", 21), some.region("a21", 21)) == ("Cultura", "sp")


@pytest.mark.parametrize("spelling", ["mundo", "MUNDO", " Múndo ", "mundo/"])
def test_every_spelling_of_a_section_is_the_same_section(spelling):
    assert available().refusal("a20", Bars(section=spelling)) == ""
    assert available().possible(Bars(section=spelling))[20]


PAGES = [*(f"a{row}" for row in range(60)), "new", "unknown"]
SOME = st.sets(st.sampled_from(PAGES), max_size=6)


@given(
    posts=st.lists(
        st.tuples(st.sampled_from(PAGES), st.sampled_from([{}, {"hidden": True}, {"issued_ms": NOW_MS + 1}])),
        max_size=5,
    ),
    read=SOME,
    rows=st.sets(st.integers(0, 59), max_size=6),
    excluded=SOME,
    too_often=SOME,
    withheld=SOME,
    narrow=st.sampled_from([{}, {"section": "mundo"}, {"max_age_hours": 30.0}, {"pages": frozenset([mark("a30")])}]),
    ids=st.lists(st.sampled_from(PAGES), max_size=40),
)
def test_sifting_keeps_the_articles_without_a_refusal(posts, read, rows, excluded, too_often, withheld, narrow, ids):
    some = replace(available(*posts), withheld=dict.fromkeys(withheld, "taken_down"))
    bars = Bars(read=read, read_rows=rows, excluded=excluded, too_often=too_often, **narrow)
    wanted = [page for page in dict.fromkeys(ids) if not some.refusal(page, bars)]
    assert list(some.sift(ids, bars)) == wanted
