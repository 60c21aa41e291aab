"""A query passes each stage once, in one order."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from script_shared.news.ranking.context import Contexts
from script_shared.news.ranking.ordering import order_offer
from script_shared.news.serving.items import items_of
from script_shared.news.serving.lists import Lists
from script_shared.news.serving.offers import Offers
from script_shared.news.serving.recommender import LiveRecommender
from tests.script_shared.news.serving.golden import USERS, query_of, recommender

STAGES = {
    stage.__code__: name
    for name, stage in (
        ("context", Contexts.of),
        ("candidates", Offers.of),
        ("scores", order_offer),
        ("list", Lists.of),
        ("explanation", items_of),
    )
}


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> LiveRecommender:
    folder: Path = tmp_path_factory.mktemp("direction")
    return recommender(folder)


def stages_of(answer: Callable[[], Any]) -> list[tuple[str, bool]]:
    """The stages as they begin and end: name, and whether it begins."""
    passed: list[tuple[str, bool]] = []

    def look(frame: FrameType, event: str, arg: object) -> None:
        if frame.f_code in STAGES and event in ("call", "return"):
            passed.append((STAGES[frame.f_code], event == "call"))

    sys.setprofile(look)
    try:
        answer()
    finally:
        sys.setprofile(None)
    return passed


@pytest.mark.parametrize("user", [*USERS.values(), "nobody"])
def test_each_stage_ends_before_the_next_begins_and_none_comes_twice(by: LiveRecommender, user: str) -> None:
    query = query_of(user, section="mundo", min_diversity=0.3)
    assert stages_of(lambda: by.answer(query)) == [
        (name, begins) for name in STAGES.values() for begins in (True, False)
    ]
