"""One site for the tests of this folder; they only read it."""

from pathlib import Path

import pytest

from tests.app.rankers import make_ranker
from tests.app.releases_made import make_release
from tests.pipelines.news.offline.served_site import Site

LISTS, USERS = 700, 60


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of two releases: the one that serves, and the same with a ranker."""
    root = tmp_path_factory.mktemp("offline")
    ranked = make_release(root / "ranked")
    make_ranker(ranked / "ranker")
    return {"plain": make_release(root / "plain"), "ranked": ranked}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, releases: dict[str, Path]) -> Site:
    """The site after some hundred lists."""
    made = Site.of(releases["plain"], f"sqlite:///{tmp_path_factory.mktemp('log')}/events.db")
    made.serve(LISTS, USERS)
    return made
