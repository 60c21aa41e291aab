"""The page of the tour: what it shows of a story, to whom, in which language; a usual service does not have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.demo.application import with_tour
from app.demo.chapter_view import LINKS
from app.demo.words import WORDS
from app.main import create_app
from pipelines.demo.people import make_tokens
from script_shared.clock import wall_ms
from script_shared.decisions.decision import Decision
from script_shared.demo.story import CHAPTERS, CONTINUE, FOLDER, Note, Story, story_file, write_json, write_story
from script_shared.events import EventLog
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving
from tests.app.shell.browsers import LOOKS, SIZES, barriers, browser, fits, keep_picture, window
from tests.app.shell.sessions import form_key, text_of

__all__ = ["browser"]  # a fixture
TRAFFIC = {"now_ms": 45_000_000, "reads": 120, "lists": 80, "hits": 20, "articles": 3, "ended": False}


@dataclass(frozen=True)
class Demo:
    """A running service with the tour, and its settings."""

    client: httpx.Client
    settings: Settings

    def tell(self, story: Story) -> None:
        write_story(story_file(self.settings.data_dir), story)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    root = tmp_path_factory.mktemp("tour")
    settings = Settings(
        data_dir=root / "data",
        models_uri=str(root / "models"),
        evaluation_dir=root / "evaluation",
        admin_token=SecretStr(TOKEN),
    )
    (settings.data_dir / FOLDER).mkdir(parents=True)
    make_tokens(settings, settings.data_dir / FOLDER)
    record(settings, "an older decision")
    with serving(settings, lambda given: with_tour(create_app(given))) as client:
        yield Demo(client, settings)


def record(settings: Settings, why: str, who: str = "token:ana") -> int:
    """Add an entry to the record; its number."""
    log = EventLog(settings.events_address)
    try:
        return log.audit.append(Decision(who, "editorial", "news", after="pin", why=why)).number
    finally:
        log.close()


def told(settings: Settings) -> Story:
    """A story in its middle, with something of everything."""
    story = Story()
    after = record(settings, "before the chapter")
    first, breaking, editors, *_, guard, end = story.chapters
    first.state, first.began_ms, first.ended_ms, first.after, first.until = "done", 1, 2, 0, 1
    first.notes = [
        Note("training", {"use_case": "news"}, 1000),
        Note("in_service", {"use_case": "news", "release": "r"}, 2000),
    ]
    breaking.state, breaking.began_ms, breaking.now = "failed", 3, {"places": [0, 9, 4], "place": 4, "clicks": 9}
    breaking.now |= {"page": "a", "front": [{"page": "a", "title": "Ponte"}, {"page": "b", "title": "Mar"}]}
    breaking.problem, breaking.until = "it did not rise", 1
    editors.state, editors.began_ms, editors.after = "running", 4, after
    editors.notes = [Note("pinned", {"title": "<b>A</b>", "rule": "r", "until": "six", "seconds": 0.1}, 3000)]
    editors.now = {"command": "python -m pipelines news", "steps": ["refine 1.2 s"]}
    record(settings, "ana pinned it")
    record(settings, "a post of the site", "token:site")
    guard.now = {"leads": [-0.25], "clicks": 10, "needed": 150, "reasons": ["worse"]}
    guard.began_ms, guard.after = 5, after + 100
    assert end.state == "waiting"
    return story


def visit(demo: Demo, **headers: str) -> str:
    with httpx.Client(base_url=demo.client.base_url, follow_redirects=True, headers=headers) as own:
        answer = own.get("/tour")
        assert answer.is_success, answer.text
        return text_of(answer)


def test_a_usual_service_has_no_tour(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, models_uri=str(tmp_path / "models"), evaluation_dir=tmp_path)
    with serving(settings) as client:
        assert client.get("/tour").status_code == 404
        assert client.get("/tour/changes").status_code == 404
        assert client.get("/web/tour/tour.js").status_code == 404
        assert "tour" not in client.get("/").text.lower()


def test_before_the_story_every_chapter_waits(demo: Demo) -> None:
    story_file(demo.settings.data_dir).unlink(missing_ok=True)
    text = visit(demo)
    assert text.count("not yet") == len(CHAPTERS)


def test_the_visitor_has_a_session_and_sees_what_happened(demo: Demo) -> None:
    demo.tell(told(demo.settings))
    write_json(demo.settings.data_dir / FOLDER / "traffic.json", TRAFFIC)
    text = visit(demo)
    assert "logged in as visitor" in text
    assert "News: the gate accepted release r" in text
    assert "Why it did not happen: it did not rise" in text
    assert "&lt;b&gt;A&lt;/b&gt;" in text
    assert "Running python -m pipelines news Done: refine 1.2 s." in text
    assert "per click: -0.25" in text
    assert "120 reads" in text
    assert "25% lists with the next read" in text
    assert "ana pinned it" in text
    assert text.count("ana pinned it") == 1
    assert "before the chapter" not in text
    assert "a post of the site" not in text


def test_a_visitor_begins_the_next_chapter(demo: Demo) -> None:
    wish, story = demo.settings.data_dir / FOLDER / CONTINUE, told(demo.settings)
    story.next_ms = wall_ms() + 60_000
    demo.tell(story)
    with httpx.Client(base_url=demo.client.base_url, follow_redirects=True) as own:
        page = own.get("/tour")
        assert "The next chapter begins in" in page.text
        assert own.post("/tour/continue", data={"form_key": "wrong"}).status_code == 403
        assert not wish.exists()
        assert own.post("/tour/continue", data={"form_key": form_key(page)}).is_success
        assert wish.exists()


def test_it_speaks_portuguese(demo: Demo) -> None:
    demo.tell(told(demo.settings))
    text = visit(demo, **{"Accept-Language": "pt-BR"})
    assert "Notícias: a avaliação aceitou a versão r" in text
    assert "Uma notícia urgente sobe" in text


def test_every_link_of_a_chapter_leads_to_a_page(demo: Demo) -> None:
    story = Story()
    for chapter in story.chapters:
        chapter.began_ms, chapter.now = 1, {"page": "a1"}
    demo.tell(story)
    with httpx.Client(base_url=demo.client.base_url, follow_redirects=True) as own:
        own.get("/tour")
        for word, address in [pair for pairs in LINKS.values() for pair in pairs]:
            assert word in WORDS
            answer = own.get("/" + address.format(page="a1"))
            assert answer.status_code in (200, 503), address  # there is no release here
            assert "html" in answer.headers["Content-Type"]


def test_the_chapters_have_their_words() -> None:
    assert set(LINKS) == set(CHAPTERS)
    for name in CHAPTERS:
        assert {f"title_{name}", f"about_{name}"} <= set(WORDS)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_page_follows_the_story_fits_and_is_accessible(browser: Any, demo: Demo, size: str, scheme: str) -> None:
    story = told(demo.settings)
    demo.tell(story)
    with window(browser, demo.client, "", viewport=SIZES[size], color_scheme=scheme) as page:
        page.goto("/tour")
        page.click("#editors summary")
        page.wait_for_selector("#breaking .spark svg")
        story.chapters[2].notes.append(Note("verified", {"entries": 5}))
        demo.tell(story)
        page.wait_for_selector("#editors >> text=The chain of 5 entries is unbroken")
        assert page.locator("#editors details[open]").count() == 1, "what was open stays open"
        page.wait_for_selector("#breaking .spark svg")
        keep_picture(page, f"tour-{size}")
        assert fits(page)
        assert barriers(page) == []
