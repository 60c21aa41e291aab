"""What may never come back never does, and a list is as long as it can be, whatever fails."""

from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS, Clock
from script_shared.events import Entry, Kind
from script_shared.news.catalog.availability import mark
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.candidates import TRENDING_KEPT
from script_shared.news.ranking.query import Query
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.serving_params import RandomizationParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.releases_made import NOW_MS, make_release
from tests.app.rules import ExpectedFacts

PARAMS = load_params(NewsParams, FILE)
LIVE = PARAMS.live.model_copy(update={"articles": 32, "known_articles": 1000, "readers": 50})
SERVING = PARAMS.serving.model_copy(update={"trusted_clicks": [5.0], "max_shown": 2})
DRAWING = SERVING.model_copy(update={"randomization": RandomizationParams(share=0.9, places=4, extra=3)})
USERS = ("log0", "semi0", "anon1", "new", "")
PAGES = [f"a{number}" for number in range(60)] + ["p0", "p1", "p2", "unknown"]
HOT = ("a12", "a20", "a30", "p0", "p1")  # named so often that clicks, posts and questions meet
FAILURES = ("candidates", "rank", "fold", "segment_model", "texts", "exploration", "reasons", "publish")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return NewsModel.load(make_release(tmp_path_factory.mktemp("release") / "made"), "v1")


class AnyRanker:
    """Scores candidates in an order of its own."""

    names = ()

    def serves(self, segment):
        return True

    def rank(self, found):
        return -found.rows.astype(float)

    def contributions(self, features):
        raise RuntimeError("no contributions")


pages = st.one_of(st.sampled_from(HOT), st.sampled_from(PAGES))
clicks = st.builds(
    lambda kind, user, session, page: (kind, user, page, {"session": session}),
    st.sampled_from([Kind.CLICK, Kind.CLICK, Kind.IMPRESSION]),
    st.sampled_from(USERS),
    st.sampled_from(["", "s1"]),
    pages,
)
near = st.integers(-30, 30).map(lambda hours: NOW_MS + hours * HOUR_MS)
posts = st.builds(
    lambda page, body: (Kind.ARTICLE, "", page, body),
    pages,
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.sampled_from(["eleição", "café e futebol", ""]),
            "section": st.sampled_from(["mundo", "cultura"]),
            "issued_ms": near,
            "embargo_ms": near,
            "expires_ms": near,
            "hidden": st.booleans(),
            "taken_down": st.booleans(),
        },
    ),
)
queries = st.builds(
    Query,
    user=st.sampled_from(USERS),
    session=st.sampled_from(["", "s1"]),
    history=st.lists(pages, max_size=3).map(tuple),
    n=st.sampled_from([1, 5, 10, 100]),
    exclude=st.lists(pages, max_size=3).map(tuple),
    pages=st.frozensets(pages.map(mark), max_size=3),
    section=st.sampled_from(["", "", "mundo", "cultura"]),
    max_age_hours=st.sampled_from([None, None, 5.0]),
    context_item=st.sampled_from(["", *HOT]),
    min_diversity=st.sampled_from([0.0, 0.4]),
    explore_slots=st.sampled_from([None, 3]),
    explain=st.booleans(),
    seed=st.sampled_from([b"", b"12345678"]),
)


def boom(*args, **options):
    raise RuntimeError("broken on purpose")


def broken(stack: ExitStack, failures, newsroom: Newsroom, model: NewsModel | None) -> None:
    """Break parts until the stack is closed."""
    place = "script_shared.news.serving"
    targets = {
        "candidates": (f"{place}.offers.candidates",),
        "reasons": (f"{place}.recommender.items_of",),
        "exploration": (f"{place}.exploration.draw",),
    }
    for failure in failures:
        for target in targets.get(failure, ()):
            stack.enter_context(patch(target, boom))
    if "segment_model" in failures and model is not None:
        stack.enter_context(patch.object(model, "score_candidates", boom))
    if "texts" in failures:
        stack.enter_context(patch("script_shared.news.serving.texts.Texts.vectors", boom))
    if newsroom.state is not None and "fold" in failures:
        stack.enter_context(patch.object(newsroom.state, "fold", boom))
    if newsroom.state is not None and "publish" in failures:
        stack.enter_context(patch.object(newsroom.state, "publish_article", boom))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.one_of(clicks, clicks, clicks, posts), max_size=25),
    cut=st.integers(0, 25),
    query=queries,
    failures=st.sets(st.sampled_from(FAILURES)),
    missing=st.sets(st.sampled_from(["model", "ranker", "state"])),
)
def test_nothing_barred_ever_comes_and_lists_are_full_whatever_fails(model, told, cut, query, failures, missing):
    entries = [
        Entry(f"e{seq}", kind, NOW_MS - 1000 * (len(told) - seq), user, page, body, seq)
        for seq, (kind, user, page, body) in enumerate(told, 1)
    ]
    used = None if "model" in missing else model
    newsroom = Newsroom(None if "state" in missing else LiveState(LIVE))
    known, vectoriser = ExpectedFacts(), Vectoriser.of(model) if used else None
    vectors = vectoriser.vectors(entries) if vectoriser else {}
    for entry in entries:
        known.take(entry)
    ranker = None if "ranker" in missing else AnyRanker()
    if ranker is not None and "rank" in failures:
        ranker.rank = boom
    recommender = LiveRecommender(used, newsroom, ranker, DRAWING, clock=model.clock)
    newsroom.apply(entries[:cut], vectors)  # cleanly at first
    with ExitStack() as stack:
        broken(stack, failures, newsroom, used)
        newsroom.apply(entries[cut:], vectors)
        answer = recommender.answer(query)
    got = [item.article_id for item in answer.items]
    allowed = {page for page in PAGES if known.may_be_shown(page, query, used)}
    often = known.shown_too_often(query, SERVING.max_shown)
    assert len(set(got)) == len(got)
    assert set(got) <= allowed - often
    assert len(got) >= min(query.n, len(allowed - often))
    scores = [item.score for item in answer.items]
    assert scores == sorted(scores, reverse=True)
    assert all(item.reason and item.source for item in answer.items)


def click(seq: int, user: str, page: str, ago_s: float = 0, **body) -> Entry:
    return Entry(f"e{seq}", Kind.CLICK, int(NOW_MS - 1000 * ago_s), user, page, body, seq)


def busy(count: int = 60) -> list[Entry]:
    """Many readers who read a20, then a21."""
    return [
        click(2 * n + place + 1, f"reader{n}", page, 2 * (count - n) - place)
        for n in range(count)
        for place, page in enumerate(("a20", "a21"))
    ]


@pytest.fixture
def room():
    return Newsroom(LiveState(LIVE))


@pytest.fixture
def recommender(model, room):
    return LiveRecommender(model, room, None, SERVING)


def test_what_is_read_now_comes_first_and_says_so(recommender, room):
    room.apply(busy())
    first = recommender.answer(Query("nobody")).items[0]
    assert first.article_id in ("a20", "a21")
    assert first.reason == "trending in the last 10 minutes"
    assert first.source == "trending_10m"


def test_what_hardly_anybody_reads_is_not_called_trending(recommender, room):
    much = [click(seq, f"r{seq}", f"a{20 + seq % 5}") for seq in range(1, 101)]
    room.apply([*much, *(click(100 + page, f"s{page}", f"a{page}") for page in range(25, 50))])
    why = {item.article_id: item.reason for item in recommender.answer(Query("nobody", n=60)).items}
    assert why["a20"] == "trending in the last 10 minutes"
    assert TRENDING_KEPT <= sum(reason.startswith("trending") for reason in why.values()) < 30


def test_one_click_brings_what_others_read_after_it_and_names_the_article(recommender, room):
    entries = [*busy(), *(click(200 + n, f"other{n}", "a30", 1) for n in range(80))]
    room.apply([replace(entry, seq=seq) for seq, entry in enumerate(entries, 1)])
    assert recommender.answer(Query("me")).items[0].article_id == "a30"
    room.apply([click(900, "me", "a20")])
    first = recommender.answer(Query("me")).items[0]
    assert first.article_id == "a21"
    assert first.reason == "read after “Notícia a20: eleição e café”"


def test_the_page_being_read_decides_what_comes_next_and_does_not_come_itself(recommender, room):
    room.apply(busy())
    items = recommender.answer(Query("me", context_item="a20")).items
    assert items[0].article_id == "a21"
    assert "a20" not in [item.article_id for item in items]


def test_without_live_data_the_segments_own_list_stands(recommender, model):
    answer = recommender.answer(Query("log0"))
    own = model.recommend("log0", 10)
    assert [item.article_id for item in answer.items] == [model.catalog.ids.ids[item.article] for item in own.items]
    assert (answer.segment, answer.source) == ("logged", "hybrid")
    assert [item.reason for item in answer.items] == [item.reason for item in own.items]


def test_live_reads_change_a_readers_segment(recommender, room):
    assert recommender.answer(Query("anon1")).segment == "anonymous"
    room.apply([click(1, "anon1", "a20", 5), click(2, "anon1", "a21")])
    assert recommender.answer(Query("anon1")).segment == "semi_logged"


def test_an_erased_reader_is_a_new_one(recommender, room, model):
    from script_shared.events.entry import user_digest

    room.apply([click(1, "log0", "a20")])
    room.apply([Entry("x", Kind.ERASE, NOW_MS, body={"digest": user_digest("log0")}, seq=2)])
    answer = recommender.answer(Query("log0", n=100))
    assert answer.segment == "anonymous"
    assert {"a11", "a12", "a13", "a20"} <= {item.article_id for item in answer.items}


def test_a_posted_article_comes_at_once_to_who_read_the_like(recommender, room, model):
    vectoriser = Vectoriser.of(model)
    room.apply(busy())
    post = Entry("p", Kind.ARTICLE, NOW_MS, "", "brand new", {"title": "Futebol", "section": "esportes"}, 500)
    room.apply([post], vectoriser.vectors([post]))
    assert "brand new" not in [item.article_id for item in recommender.answer(Query("nobody")).items]
    room.apply([click(501, "fan", "a14")])  # a14 is about futebol
    items = recommender.answer(Query("fan")).items
    found = next(item for item in items if item.article_id == "brand new")
    assert found.reason == "like what you read"
    assert recommender.article_view("brand new").title == "Futebol"


def test_a_posted_article_comes_to_everybody_by_its_clicks(recommender, room):
    room.apply(busy())
    room.apply([Entry("p", Kind.ARTICLE, NOW_MS, "", "brand new", {"title": "Novo"}, 500)])
    room.apply([click(501 + n, f"late{n}", "brand new") for n in range(90)])
    assert recommender.answer(Query("nobody")).items[0].article_id == "brand new"


def test_an_explanation_names_parts_that_made_the_score(recommender, room):
    room.apply(busy())
    first = recommender.answer(Query("me", explain=True)).items[0]
    assert first.explain is not None
    assert next(iter(first.explain)) == "last_10_minutes"


def test_the_same_question_explores_the_same_and_only_at_the_end(recommender, room):
    room.apply(busy())
    room.apply([Entry(page, Kind.ARTICLE, NOW_MS, "", page, {"title": page}, 600) for page in ("p0", "p1", "p2")])
    query = Query("me", explore_slots=2)
    answer = recommender.answer(query)
    explored = [place for place, item in enumerate(answer.items) if item.source == "explored"]
    assert explored == [8, 9]
    assert answer == recommender.answer(query)


def drawing(model, room, **settings):
    given = RandomizationParams(**{"share": 1.0, "places": 3, "extra": 2, **settings})
    return LiveRecommender(model, room, None, SERVING.model_copy(update={"randomization": given}))


def pages_of(answer):
    return [item.article_id for item in answer.items]


def test_the_last_places_are_drawn_from_the_usual_order_and_the_seed_repeats_them(model, recommender, room):
    room.apply(busy())
    usual = pages_of(recommender.answer(Query("me", n=12)))
    lists = set()
    for number in range(30):
        seed = number.to_bytes(8, "big")
        answer = drawing(model, room).answer(Query("me", seed=seed))
        pages = pages_of(answer)
        assert pages[:7] == usual[:7]
        assert answer.draw.candidates(pages) == usual[7:12]
        assert answer.draw.is_of(seed)
        lists.add(tuple(pages))
    assert len(lists) > 10


@pytest.mark.parametrize(
    "wish",
    [
        {"history": ("a30",)},
        {"exclude": ("a30",)},
        {"pages": frozenset({1})},
        {"section": "mundo"},
        {"context_item": "a30"},
        {"max_age_hours": 5.0},
        {"min_diversity": 0.4},
        {"explore_slots": 0},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_lists_that_a_record_does_not_describe_are_not_drawn(model, room, wish):
    room.apply(busy())
    assert drawing(model, room).answer(Query("me", seed=b"12345678", **wish)).draw is None


def test_nothing_is_drawn_without_a_share_or_a_seed(model, recommender, room):
    room.apply(busy())
    usual = recommender.answer(Query("me"))
    assert recommender.answer(Query("me", seed=b"12345678")) == usual
    assert drawing(model, room).answer(Query("me")) == usual
    assert usual.draw is None


def test_places_for_fresh_articles_and_a_draw_keep_a_list_whole(model, room):
    room.apply(busy())
    room.apply([Entry(page, Kind.ARTICLE, NOW_MS, "", page, {"title": page}, 600) for page in ("p0", "p1", "p2")])
    serving = {"explore_slots": 2, "randomization": RandomizationParams(share=1.0, places=4, extra=2)}
    by = LiveRecommender(model, room, None, SERVING.model_copy(update=serving))
    answers = [by.answer(Query("me", seed=number.to_bytes(8, "big"))) for number in range(20)]
    assert all(len(set(pages_of(answer))) == 10 for answer in answers)
    assert {"p0", "p1", "p2"} & {page for answer in answers for page in pages_of(answer)}


def test_a_draw_that_fails_leaves_the_usual_list(model, recommender, room):
    room.apply(busy())
    usual = pages_of(recommender.answer(Query("me")))
    with patch("script_shared.news.serving.lists.draw", boom):
        answer = drawing(model, room).answer(Query("me", seed=b"12345678"))
    assert (pages_of(answer), answer.draw, answer.degraded) == (usual, None, ["exploration"])


def test_missing_parts_are_named(model, room):
    recommender = LiveRecommender(model, room, None, SERVING, missing=("ranker",))
    assert recommender.answer(Query()).degraded == ["ranker"]
    room.apply(busy())
    with patch.object(model, "score_candidates", boom):
        answer = recommender.answer(Query(n=100))
    assert answer.degraded == ["ranker", "segment_model"]
    assert len(answer.items) == 40


def test_a_live_state_that_cannot_be_read_costs_its_part_and_not_the_answer(recommender, room):
    room.apply(busy())
    with patch.object(room.state.readers, "find", boom), patch.object(room.state.shown, "of", boom):
        answer = recommender.answer(Query("me", history=("a30",), exclude=("a31",), context_item="a32", n=100))
    assert answer.degraded[0] == "live_state"
    assert len(answer.items) == 37
    assert not {"a30", "a31", "a32"} & {item.article_id for item in answer.items}


def test_impressions_count_on_when_the_live_state_has_failed(recommender, room):
    room.apply(busy())
    shown = [Entry(f"i{seq}", Kind.IMPRESSION, NOW_MS, "me", "a20", {}, seq) for seq in range(200, 204)]
    room.apply(shown[:1])
    with patch.object(room.state, "fold", boom):
        room.apply(shown[1:2])
    assert room.has_failed
    assert room.reads.shown_to("me", "") == {"a20": 2}
    assert "a20" not in [item.article_id for item in recommender.answer(Query("me", n=100)).items]
    assert "a20" in [item.article_id for item in recommender.answer(Query("you", n=100)).items]


def test_what_a_visit_read_before_it_had_a_name_stays_read(recommender, room):
    room.apply([Entry("e1", Kind.CLICK, NOW_MS, "", "a20", {"session": "s1"}, 1)])
    pages_of = lambda query: {item.article_id for item in recommender.answer(query).items}  # noqa: E731
    assert "a20" not in pages_of(Query("me", "s1", n=100))
    assert "a20" in pages_of(Query("me", "s2", n=100))
    assert "a20" in pages_of(Query("me", n=100))


def test_the_plain_list_that_answers_are_held_against_may_be_shown_too(recommender, room):
    room.apply(busy())
    hidden = Entry("p", Kind.ARTICLE, NOW_MS, "", "a21", {"hidden": True}, 500)
    assert recommender.answer(Query("me")).popular == ["a20", "a21"]
    room.apply([hidden])
    assert recommender.answer(Query("me")).popular == ["a20"]


def test_once_all_of_a_release_has_expired_a_short_list_pulls_a_few_articles_and_those_alive_come_first(model, room):
    later = Clock("data", NOW_MS + 365 * 24 * HOUR_MS)
    recommender = LiveRecommender(model, room, None, SERVING, clock=later)
    posts = [("p0", -3), ("p1", -1), ("p2", -1000), ("a20", -2)]
    room.apply(
        Entry(f"e{seq}", Kind.ARTICLE, later.now_ms(), "", page, {"issued_ms": later.now_ms() + hours * HOUR_MS}, seq)
        for seq, (page, hours) in enumerate(posts, 1)
    )
    pulled, lists = [], recommender._lists
    everything = lists._everything
    lists._everything = lambda *args: (pulled.append(article) or article for article in everything(*args))
    short = [item.article_id for item in recommender.answer(Query("nobody", n=3)).items]
    assert sorted(short) == ["a20", "p0", "p1"]
    assert pulled == []
    long = [item.article_id for item in recommender.answer(Query("nobody", n=8)).items]
    assert long[:3] == short
    assert len(set(long)) == 8
    assert len(pulled) < 20
