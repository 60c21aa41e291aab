"""What comes first in a list, why, and what a list is made of when a part is missing."""

from dataclasses import replace
from unittest.mock import patch

from script_shared.clock import HOUR_MS, Clock
from script_shared.events import Entry, Kind
from script_shared.news.ranking.candidates import TRENDING_KEPT
from script_shared.news.ranking.query import Query
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser
from tests.app.releases_made import NOW_MS
from tests.script_shared.news.serving.recommender_made import SERVING, boom, busy, click


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
