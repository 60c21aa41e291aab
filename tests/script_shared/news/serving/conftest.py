"""A release, an empty newsroom, and a recommender of both."""

import pytest

from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from tests.app.releases_made import make_release
from tests.script_shared.news.serving.recommender_made import LIVE, SERVING


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return NewsModel.load(make_release(tmp_path_factory.mktemp("release") / "made"), "v1")


@pytest.fixture
def room():
    return Newsroom(LiveState(LIVE))


@pytest.fixture
def recommender(model, room):
    return LiveRecommender(model, room, None, SERVING)
