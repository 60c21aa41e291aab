"""What is trending where: planted clicks come back in their own section, region and cluster, and lead no other."""

import pytest

from script_shared.events import Entry, Kind
from script_shared.news.counting import windows
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import Query
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.trending import GROUPS, trending
from script_shared.news.state.reader_clusters import nobody
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.releases_made import NOW_MS, make_release
from tests.script_shared.news.events_made import click, folded

PARAMS = load_params(NewsParams, FILE)
LIVE = PARAMS.live.model_copy(update={"articles": 64, "candidates": 3})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> NewsModel:
    return NewsModel.load(make_release(tmp_path_factory.mktemp("release") / "made"), "v1")


@pytest.fixture
def recommender(model: NewsModel) -> LiveRecommender:
    serving = PARAMS.serving.model_copy(update={"trusted_clicks": [5.0]})
    return LiveRecommender(model, Newsroom(LiveState(LIVE)), None, serving)


def clicks(**counts: int) -> list[Entry]:
    pages = [page for page, count in counts.items() for _ in range(count)]
    return [Entry(f"e{n}", Kind.CLICK, NOW_MS, f"r{n}", page, {"region": "sp"}, n) for n, page in enumerate(pages, 1)]


def leaders(found: dict[str, dict[str, list[dict[str, str]]]]) -> dict[str, str]:
    return {name: group["articles"][0]["article"] for name, group in found.items()}


@pytest.mark.parametrize("window", windows.TREND)
def test_what_leads_in_a_group_is_what_its_readers_click_and_not_what_leads_overall(window: str) -> None:
    events = [click(f"u{n}", "hit", section="esportes", region="sp") for n in range(9)]
    events += [click(f"v{n}", "local", section="mundo", region="rj") for n in range(4)]
    state = folded()
    state.clusters.assignment = lambda user: 5 if user.startswith("v") else -1
    state.fold(events)
    names = [""] * state.articles.used
    names[state.article_row("hit")], names[state.article_row("local")] = "esportes", "mundo"
    found = trending(state, names, window)
    assert found["overall"]["articles"][0] == {"article": "hit", "clicks": 9.0, "share": pytest.approx(9 / 13)}
    assert leaders(found["sections"]) == {"esportes": "hit", "mundo": "local"}
    assert leaders(found["regions"]) == {"sp": "hit", "rj": "local"}
    assert found["clusters"] == {
        "5": {"clicks": 4.0, "articles": [{"article": "local", "clicks": 4.0, "share": pytest.approx(1.0)}]}
    }


def test_only_the_groups_with_most_clicks_are_told() -> None:
    state = folded(*(click(f"u{n}", f"a{n % 9}", region=f"r{n % 40}") for n in range(140)))
    told = trending(state, [""] * state.articles.used, "24h")["regions"]
    assert set(told) == {f"r{n}" for n in range(20)}
    assert len(told) == GROUPS


def test_a_request_for_a_section_is_answered_from_the_clicks_of_that_section(recommender: LiveRecommender) -> None:
    loud = {f"a{10 + 3 * n}": 9 for n in range(5)}  # of "esportes", more than there are candidates
    recommender.newsroom.apply(clicks(**loud, a20=4, a23=5, a26=2))  # "mundo"
    items = recommender.answer(Query("somebody", section="mundo", n=5)).items
    assert [item.article_id for item in items][:3] == ["a23", "a20", "a26"]
    assert {item.source for item in items[:3]} <= {"trending_10m", "trending_1h"}
    plain = recommender.answer(Query("somebody", n=3)).items
    assert {item.article_id for item in plain} <= set(loud)


def test_a_section_is_the_one_posted_last(recommender: LiveRecommender) -> None:
    room = recommender.newsroom
    room.apply(clicks(a20=4, a21=3))
    row = room.state.article_row("a20") if room.state else -1
    assert recommender.sections.within("mundo").tolist()[row]
    room.apply([Entry("p", Kind.ARTICLE, NOW_MS, "", "a20", {"section": "cultura"}, 100)])
    assert not recommender.sections.within("mundo").tolist()[row]
    assert recommender.sections.within("cultura").tolist()[row]
    assert recommender.sections.names()[row] == "cultura"


def test_a_release_tells_the_cluster_of_the_readers_it_could_group(model: NewsModel) -> None:
    cluster = assignment_of(model)
    group = model.recommenders["semi_logged"].clusters.group  # type: ignore[attr-defined]
    assert [cluster(user) for user in ("log0", "semi0", "semi1")] == group[[0, 3, 4]].tolist()
    assert max(group) >= 0
    assert cluster("stranger") == -1
    model.recommenders.pop("semi_logged")
    assert assignment_of(model) is nobody
