"""A release that the pipeline made, with ranker and live state, answers over HTTP as in the process that made it."""

from pathlib import Path

import pytest

from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import Query
from script_shared.news.serving.loading import load_newsroom, load_ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.params import load_params
from tests.app.conftest import folders, release_of, serving, store, until  # noqa: F401  fixtures
from tests.pipelines.news.training.ranked_run import ranked

READERS = [f"reader-{number}" for number in range(12)]  # of all three segments


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    context = ranked(tmp_path_factory.mktemp("served"), "live.articles = 2048")
    return context.run.read("ranked") / "release"


@pytest.mark.slow
def test_lists_over_http_are_ordered_by_the_ranker_and_those_of_the_same_process(store, release):  # noqa: F811
    params = load_params(NewsParams, FILE)
    newsroom, no_snapshot = load_newsroom(release, params.live)
    ranker, no_ranker = load_ranker(release)
    assert (no_snapshot, no_ranker) == ((), ())
    here = LiveRecommender(NewsModel.load(release), newsroom, ranker, params.serving)
    store.releases.publish(release, "ranked")
    store.releases.promote("ranked", "test")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "ranked")
        answers = {
            reader: client.get("/recommendations", params={"user_id": reader, "num_recs": 10}).json()
            for reader in READERS
        }
    assert {answer["segment"] for answer in answers.values()} == {"logged", "semi_logged", "anonymous"}
    for reader, answer in answers.items():
        expected = here.answer(Query(user=reader, n=10))
        assert [item["page"] for item in answer["items"]] == [item.article_id for item in expected.items]
        assert answer["source"] == ("ranker" if ranker.serves(answer["segment"]) else "live")
        assert not answer.get("degraded")
    assert "ranker" in {answer["source"] for answer in answers.values()}
