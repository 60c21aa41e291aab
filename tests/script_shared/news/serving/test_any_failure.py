"""What may never come back never does, and a list is as long as it can be, whatever fails."""

from contextlib import ExitStack
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.news.catalog.availability import mark
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.query import Query
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.serving_params import RandomizationParams
from script_shared.news.state.state import LiveState
from tests.app.releases_made import NOW_MS
from tests.app.rules import ExpectedFacts
from tests.script_shared.news.serving.recommender_made import LIVE, SERVING, boom

DRAWING = SERVING.model_copy(update={"randomization": RandomizationParams(share=0.9, places=4, extra=3)})
USERS = ("log0", "semi0", "anon1", "new", "")
PAGES = [f"a{number}" for number in range(60)] + ["p0", "p1", "p2", "unknown"]
HOT = ("a12", "a20", "a30", "p0", "p1")  # named so often that clicks, posts and questions meet
FAILURES = ("candidates", "rank", "fold", "segment_model", "texts", "exploration", "reasons", "publish")


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


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
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
