"""On every path: lists stay full, what is withheld never comes, pins are in place, quotas and pairs hold."""

from contextlib import ExitStack
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, Kind
from script_shared.news.catalog.availability import mark
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.query import Query
from script_shared.news.rules.conflicts import contradiction, least_articles, most_articles
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from tests.app.releases_made import ALIVE, NOW_MS, READS, SECTIONS, make_release
from tests.script_shared.news.rules.rules_made import HOUR_MS, pin, rule
from tests.script_shared.news.serving.recommender_made import LIVE, SERVING, busy
from tests.script_shared.news.serving.test_any_failure import broken

EDITORS = "chosen by the editors"
FAILURES = ("candidates", "rank", "segment_model", "texts", "exploration", "reasons")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return NewsModel.load(make_release(tmp_path_factory.mktemp("release") / "made"), "v1")


@pytest.fixture
def room():
    found = Newsroom(LiveState(LIVE))
    found.apply(busy())
    return found


def answered(model, room, rules, **query):
    recommender = LiveRecommender(model, room, None, SERVING, rules=RuleBook(rules, 1))
    return recommender.answer(Query("nobody", explore_slots=0, **query)).items


def ids(items):
    return [item.article_id for item in items]


def section(article: str) -> str:
    return SECTIONS[int(article[1:]) % 3]


def posted(number: int) -> Entry:
    """An article that a live state without a release knows."""
    body = {"title": "x", "section": section(f"a{number}"), "issued_ms": NOW_MS - number * 1000}
    return Entry(f"p{number}", Kind.ARTICLE, NOW_MS, "", f"a{number}", body, number + 1)


articles = st.sampled_from([f"a{number}" for number in (5, 10, 12, 15, 20, 21, 22, 30, 33, 41, 49, 55)])
numbers = st.integers(1, 12)
moves = st.sampled_from(["boost", "bury"])
shares = st.sampled_from([0.1, 0.2, 0.3, 0.4])
rules = st.lists(
    st.one_of(
        st.builds(lambda a: rule("take_down", f"article {a}"), articles),
        st.builds(lambda a: rule("embargo", f"article {a}", end_ms=NOW_MS + HOUR_MS), articles),
        st.builds(pin, articles, numbers),
        st.builds(lambda a, place, name: pin(a, place, name), articles, numbers, st.sampled_from(SECTIONS)),
        st.builds(lambda name, kind: rule(kind, f"section {name}"), st.sampled_from(SECTIONS), moves),
        st.builds(lambda a, kind: rule(kind, f"article {a}"), articles, moves),
        st.builds(lambda name, least: rule("quota", f"section {name}", least=least), st.sampled_from(SECTIONS), shares),
        st.builds(lambda name, most: rule("quota", f"section {name}", most=most), st.sampled_from(SECTIONS), shares),
        st.builds(lambda a, b: rule("keep_apart", f"article {a}", f"article {b}"), articles, articles),
        st.builds(lambda name: rule("keep_apart", f"section {name}", f"section {name}"), st.sampled_from(SECTIONS)),
    ),
    max_size=7,
)  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(  # the strictest quota of a section counts
    given_rules=[rule("quota", "section esportes", most=0.1), rule("quota", "section esportes", most=0.2)],
    user="nobody",
    n=10,
    front="",
    failures=set(),
    without=set(),
    diverse=False,
)
@given(
    given_rules=rules,
    user=st.sampled_from(["nobody", "log0", ""]),
    n=st.sampled_from([1, 5, 10]),
    front=st.sampled_from(["", "", "mundo"]),
    failures=st.sets(st.sampled_from(FAILURES)),
    without=st.sets(st.sampled_from(["model", "state"]), max_size=1),
    diverse=st.booleans(),
)
def test_lists_and_later_pages_follow_the_rules_whatever_fails(
    model, given_rules, user, n, front, failures, without, diverse
):
    held = []
    for each in given_rules:
        if not contradiction(each, held):
            held.append(each)
    used = None if "model" in without else model
    room = Newsroom(None if "state" in without else LiveState(LIVE))
    room.apply([posted(number) for number in range(20, 40)])
    recommender = LiveRecommender(used, room, None, SERVING, clock=model.clock, rules=RuleBook(held, 1))
    known = {f"a{number}" for number in READS.get(user, ())} if used else set()
    alive = (ALIVE if used else {f"a{number}" for number in range(20, 40)}) - known
    withheld = {each.about.name for each in held if each.kind in ("take_down", "embargo")}
    pinned = {each.place: each.about.name for each in held if each.kind == "pin" and each.front == front}
    old = {f"a{number}" for number in range(10)} if used else set()
    may_be_pinned = (alive | old) - withheld - known
    may = {a for a in alive - withheld if not front or section(a) == front}
    seen, pages, last = [], frozenset(), ""
    with ExitStack() as stack:
        broken(stack, failures, room, used)
        for _ in range(3):
            query = Query(
                user, n=n, section=front, pages=pages, last=last, min_diversity=0.3 * diverse, explore_slots=0
            )
            answer = recommender.answer(query)
            got = ids(answer.items)
            assert "rules" not in answer.degraded
            check_page(got, seen, n, held, pinned, may, may_be_pinned, withheld, front, last)
            scores = [item.score for item in answer.items]
            assert scores == sorted(scores, reverse=True)
            assert all(item.reason == EDITORS for item in answer.items if item.article_id in pinned.values())
            seen, last = [*seen, *got], got[-1] if got else ""
            pages = frozenset(map(mark, seen))


def check_page(got, seen, n, held, pinned, may, may_be_pinned, withheld, front, last):
    """The rules of one page, in plain words."""
    assert len(got) == len(set(got))
    assert not set(got) & withheld
    assert not set(got) & set(seen)
    here = {place - 1 - len(seen): a for place, a in pinned.items() if len(seen) < place <= len(seen) + n}
    here = {place: a for place, a in here.items() if a in may_be_pinned and a not in seen}
    later = {a for place, a in pinned.items() if place > len(seen) + n}
    pool = (may - set(seen) - later) | set(here.values())
    assert set(got) <= pool
    assert len(got) == min(n, len(pool))
    if len(got) == n:
        assert all(got[place] == a for place, a in here.items())
    if front or len(got) < n:
        return
    counts = {name: sum(section(a) == name for a in got) for name in SECTIONS}
    of_pool = {name: sum(section(a) == name for a in pool) for name in SECTIONS}
    of_pins = {name: sum(section(a) == name for a in here.values()) for name in SECTIONS}
    quotas = [each for each in held if each.kind == "quota"]
    strictest = {name: [each for each in quotas if each.about.name == name] for name in SECTIONS}
    most = {
        name: min([most_articles(each.most, n) for each in of if each.most is not None], default=n)
        for name, of in strictest.items()
    }
    least = {
        name: max([least_articles(each.least, n) for each in of if each.least is not None], default=0)
        for name, of in strictest.items()
    }
    apart = [each for each in held if each.kind == "keep_apart"]
    if not apart and all(of_pins[name] <= limit for name, limit in most.items()):
        bound = {name: min(of_pool[name], most[name]) for name in SECTIONS}
        floor = {name: max(of_pins[name], least[name]) for name in SECTIONS}
        if sum(bound.values()) >= n and sum(floor.values()) <= n and all(floor[s] <= bound[s] for s in SECTIONS):
            assert all(floor[name] <= counts[name] <= bound[name] for name in SECTIONS)
    if not quotas and not here:
        pairs = [{each.about.name, each.other.name} for each in apart if each.about.by == "article"]
        if all(each.about.by == "article" for each in apart) and len(pool) > n + 4:
            assert not any({one, other} in pairs for one, other in pairwise([last, *got]))


def test_a_pin_is_at_its_place_and_says_so_and_the_list_stays_full(model, room):
    items = answered(model, room, [pin("a30", 1), pin("a31", 4)])
    assert (ids(items)[0], ids(items)[3]) == ("a30", "a31")
    assert len(set(ids(items))) == 10
    assert [(item.reason, item.source) for item in (items[0], items[3])] == [(EDITORS, "editors")] * 2
    assert all(item.reason != EDITORS for item in items[1:3])


def test_a_pin_is_only_on_its_front(model, room):
    rules = [pin("a30", 1, "mundo")]
    assert ids(answered(model, room, rules, section="Mundo"))[0] == "a30"  # a30 is of another section
    for other in ({}, {"section": "esportes"}, {"section": "mundo", "context_item": "a20"}):
        assert EDITORS not in [item.reason for item in answered(model, room, rules, **other)]


def test_an_old_article_can_be_pinned_and_one_that_the_user_read_is_not(model, room):
    assert ids(answered(model, room, [pin("a5", 2)]))[1] == "a5"
    recommender = LiveRecommender(model, room, None, SERVING, rules=RuleBook([pin("a11", 1)], 1))
    assert "a11" not in ids(recommender.answer(Query("log0")).items)


def test_a_pin_of_place_twelve_is_on_the_second_page_alone(model, room):
    first = ids(answered(model, room, [pin("a20", 12)]))
    assert "a20" not in first
    assert ids(answered(model, room, [pin("a20", 12)], pages=frozenset(map(mark, first))))[1] == "a20"


def test_boosted_articles_come_sooner_and_buried_ones_later(model, room):
    plain = ids(answered(model, room, [], n=30))
    low = plain[14]
    items = answered(model, room, [rule("boost", f"article {low}", strength=10.0)], n=30)
    assert ids(items).index(low) == 1
    assert items[1].reason == EDITORS
    buried = ids(answered(model, room, [rule("bury", f"article {plain[0]}", strength=10.0)], n=30))
    assert buried.index(plain[0]) == 9
    assert [a for a in buried if a != plain[0]] == [a for a in plain if a != plain[0]]


def test_a_quota_counts_a_section_a_tag_and_the_host_of_the_address(model, room):
    few = ids(answered(model, room, [rule("quota", "section mundo", most=0.1)]))
    assert sum(section(a) == "mundo" for a in few) == 1
    post = {"title": "x", "tags": ["Eleições"], "url": "https://agencia.example/1", "issued_ms": NOW_MS - 30 * HOUR_MS}
    room.apply([Entry(f"q{n}", Kind.ARTICLE, NOW_MS, "", f"t{n}", post, 500 + n) for n in range(5)])
    assert not {f"t{n}" for n in range(5)} & set(ids(answered(model, room, [])))
    for about in ("tag eleicoes", "source AGENCIA.example"):
        items = answered(model, room, [rule("quota", about, least=0.3)])
        chosen = [item for item in items if item.article_id.startswith("t")]
        assert [item.reason for item in chosen] == [EDITORS] * 3


def test_a_quota_about_a_section_does_not_empty_its_own_front(model, room):
    rules = [rule("quota", "section mundo", most=0.1)]
    assert ids(answered(model, room, rules, section="mundo")) == ids(answered(model, room, [], section="mundo"))


def test_articles_kept_apart_are_not_beside_each_other_even_across_pages(model, room):
    plain = ids(answered(model, room, []))
    rules = [rule("keep_apart", f"article {plain[0]}", f"article {plain[1]}")]
    found = ids(answered(model, room, rules))
    assert abs(found.index(plain[0]) - found.index(plain[1])) > 1
    after = frozenset([mark(plain[0])])
    assert ids(answered(model, room, rules, pages=after))[0] == plain[1]
    assert ids(answered(model, room, rules, pages=after, last=plain[0]))[1] == plain[1]


def test_the_title_of_a_withheld_article_is_in_no_reason(model, room):
    entries = [Entry(f"o{n}", Kind.CLICK, NOW_MS, f"other{n}", "a30", {}, 300 + n) for n in range(80)]
    room.apply([*entries, Entry("me", Kind.CLICK, NOW_MS, "me", "a20", {}, 900)])
    for rules, told in (([], True), ([rule("take_down", "article a20")], False)):
        recommender = LiveRecommender(model, room, None, SERVING, rules=RuleBook(rules, 1))
        reason = recommender.answer(Query("me")).items[0].reason
        assert ("a20" in reason) == told
