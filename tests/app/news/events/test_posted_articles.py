"""A load knows every article that may be shown or must not be, and reads no text that it has no use for."""

from pathlib import Path
from typing import Any

import pytest

from app.news.events.catch_up import Bounds, CatchUp
from app.news.events.posted_articles import SLACK_HOURS, PostedArticles
from script_shared.clock import HOUR_MS, Clock
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.database.articles import Articles
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.state.state import LiveState
from tests.app.releases_made import NOW_MS, make_release
from tests.script_shared.news.events_made import small_params

OLD = NOW_MS - 2_000 * HOUR_MS


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(f"sqlite:///{tmp_path}/events.db")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> NewsModel:
    return NewsModel.load(make_release(tmp_path_factory.mktemp("release") / "r"), "v1")


def post(log: EventLog, article: str, issued_ms: int, **body: Any) -> int:
    entry = Entry(f"{article} {log.head()}", Kind.ARTICLE, issued_ms, "", article, {"issued_ms": issued_ms, **body})
    log.append([entry])
    return log.head()


def room_at(seq: int) -> Newsroom:
    room = Newsroom(LiveState(small_params()), seq=seq)
    room.now_ms = room.snapshot_ms = NOW_MS
    return room


def loaded(log: EventLog, model: NewsModel | None = None, *, until: int | None = None) -> Newsroom:
    room = room_at(log.head() if until is None else until)
    catalog, vectoriser = (model.catalog, Vectoriser.of(model)) if model is not None else (None, None)
    PostedArticles(log, catalog, 48.0).load(room, vectoriser)
    return room


def article_ids(room: Newsroom) -> list[str]:
    return [story.article_id for story in room.editorial.stories()]


def test_what_expired_is_left_and_what_must_not_be_shown_is_known(log: EventLog) -> None:
    edge = NOW_MS - int((48 + SLACK_HOURS) * HOUR_MS)
    post(log, "alive", NOW_MS - HOUR_MS)
    post(log, "edge", edge)
    post(log, "beyond", edge - 1)
    post(log, "later", NOW_MS + HOUR_MS)
    post(log, "hidden", OLD, hidden=True)
    post(log, "shown again", OLD, hidden=True)
    post(log, "shown again", OLD, hidden=False)
    post(log, "taken down", OLD, title="T")
    post(log, "taken down", OLD, taken_down=True)
    post(log, "embargoed", OLD, embargo_ms=NOW_MS + HOUR_MS)
    post(log, "expires", OLD, expires_ms=OLD + HOUR_MS)
    room = loaded(log)
    assert article_ids(room) == ["alive", "edge", "later", "hidden", "taken down", "embargoed", "expires"]
    assert room.editorial.get("taken down").refusal(NOW_MS) == "taken_down"  # type: ignore[union-attr]


def test_an_old_post_of_an_article_that_the_release_thinks_alive_is_known(log: EventLog, model: NewsModel) -> None:
    post(log, "a30", OLD)
    post(log, "a3", OLD)  # which the release knows as expired
    assert article_ids(loaded(log, model)) == ["a30"]


def test_words_are_read_of_alive_articles_that_the_release_lacks_and_of_no_other(
    log: EventLog, model: NewsModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    entries = Articles.entries

    def watched(articles: Articles, numbers: Any, at_once: int = 100) -> Any:
        read.extend(numbers)
        return entries(articles, numbers, at_once)

    new = post(log, "new", NOW_MS, title="Notícia", text="eleição e café")
    post(log, "a30", NOW_MS, text="eleição e café")
    post(log, "old", OLD, text="eleição e café")
    post(log, "hidden", OLD, hidden=True, text="eleição e café")
    monkeypatch.setattr(Articles, "entries", watched)
    room = loaded(log, model)
    assert read == [new]
    assert list(room.vectors) == ["new"]
    assert room.vectors["new"].nnz > 0


def test_vectors_of_the_site_s_own_are_known(log: EventLog) -> None:
    post(log, "a", NOW_MS, vector=[1.0, 0.0], vector_name="m")
    post(log, "b", NOW_MS, vector=[1.0, 0.0], vector_name="m")
    post(log, "old", OLD, vector=[1.0, 0.0], vector_name="m")
    room = loaded(log)
    assert list(room.editorial.own) == ["a", "b"]
    assert room.editorial.own.likeness(["b"], ["a"])[0] == pytest.approx(1.0)


def test_what_was_posted_after_the_snapshot_is_not_known_before_it_is_folded(log: EventLog) -> None:
    until = post(log, "a", NOW_MS, title="before")
    post(log, "a", NOW_MS, title="after")
    post(log, "b", NOW_MS)
    room = loaded(log, until=until)
    assert article_ids(room) == ["a"]
    assert room.editorial.get("a").title == "before"  # type: ignore[union-attr]
    room.apply(log.tail(until), after=until)
    assert room.editorial.get("a").title == "after"  # type: ignore[union-attr]


def test_another_post_about_a_forgotten_article_brings_all_of_it_back(log: EventLog) -> None:
    until = post(log, "a", OLD, title="T", tags=["x"], section="mundo")
    room = loaded(log, until=until)
    assert article_ids(room) == []
    post(log, "a", NOW_MS, url="u")
    room.apply(log.tail(until), after=until)
    whole = room_at(0)
    whole.apply(log.tail(0))
    assert room.editorial.get("a") == whole.editorial.get("a")
    assert room.editorial.tagged.has("a", "x")


def test_catching_up_takes_over_what_was_posted_before_the_snapshot(log: EventLog, model: NewsModel) -> None:
    post(log, "a30", OLD, taken_down=True)
    log.erase("ana")
    room = room_at(log.head())
    clock = Clock("data", NOW_MS)
    CatchUp(log, 30.0).gather(room, Vectoriser.of(model), clock, Bounds(48.0, 8, model.catalog), before=None)
    assert article_ids(room) == ["a30"]
    assert not room.knows_reader("ana")
