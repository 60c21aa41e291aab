"""`make demo` in a real Chromium, from its start to the end of the story: every chapter really happened."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.demo.chapters.breaking import PAGE
from pipelines.demo.chapters.editors import SERVICE
from pipelines.demo.people import FILE
from script_shared.audit.trail import AuditTrail
from script_shared.decisions.decision import Entry
from script_shared.demo.story import CHAPTERS, FOLDER, Chapter, Story, read_json, read_story, story_file
from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import free_port, until
from tests.app.shell.browsers import chromium, fits
from tests.conftest import THREADS
from tests.end_to_end.film import MOST_BYTES, Film
from tests.end_to_end.pictures import PHONE, picture
from tests.patience import PATIENCE_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(5400)]
ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 4800.0  # of the whole story, on a busy machine
WINDOW = {"width": 1200, "height": 750}
NEWS_RELEASES = "/operations/news/releases"
LOOK_SECONDS = 1.5
FILM_SECONDS = 40.0  # between two pictures of the film while nothing new happens
DOCS = {"front-page": "/news", "editor": "/news/editor", "releases": NEWS_RELEASES}
SEEN = {  # after a chapter, the page of the platform on which one sees it
    "breaking": f"/news/editor/article?page={PAGE}",
    "editors": "/news/editor/rules",
    "refused": NEWS_RELEASES,
    "drift": "/operations/students/drift",
    "guard": NEWS_RELEASES,
    "record": "/operations/record",
}


@dataclass
class Told:
    """The demo after its story.

    Attributes:
        url: of the API, which still runs.
        root: folder of the demo.
        film: of the story.
        page: a window with a session of the visitor.
    """

    url: str
    root: Path
    film: Film
    page: Any

    @property
    def settings(self) -> Settings:
        return Settings(
            data_dir=self.root / "data", models_uri=str(self.root / "models"), evaluation_dir=self.root / "evaluation"
        )

    @property
    def story(self) -> Story:
        return read_story(story_file(self.root / "data"))

    def entries(self, chapter: str) -> list[Entry]:
        found: Chapter = self.story.chapter(chapter)
        log = EventLog(self.settings.events_address)
        try:
            return [each for each in log.audit.read(limit=1000) if found.after < each.number <= found.until][::-1]
        finally:
            log.close()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    root, port = tmp_path_factory.mktemp("demo"), free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "pipelines.demo", "--folder", str(root), "--port", str(port), "--pause", "4"]
    process = subprocess.Popen(command, cwd=ROOT, env=kept | THREADS)
    try:
        with chromium() as browser:
            context = browser.new_context(viewport=WINDOW, locale="en-GB", base_url=f"http://127.0.0.1:{port}")
            context.set_default_timeout(1000 * PATIENCE_SECONDS)
            made = Told(f"http://127.0.0.1:{port}", root, Film(), context.new_page())
            until(lambda: process.poll() is not None or is_up(made.url))
            follow(made, process)
            yield made
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def follow(told: Told, process: subprocess.Popen[bytes]) -> None:
    """Watch the story to its end, with a picture at each change and of a page of the platform after each chapter."""
    told.page.goto("/tour")
    deadline, seen = time.monotonic() + LONGEST_SECONDS, set[str]()
    noted, pictured = list[tuple[str, int]](), 0.0
    while True:
        assert process.poll() is None, "the demo has ended"
        assert time.monotonic() < deadline, told.story
        story = told.story
        for chapter in story.chapters:
            if chapter.ended_ms and chapter.name not in seen:
                seen.add(chapter.name)
                show(told, chapter.name)
        now = [(each.state, len(each.notes)) for each in story.chapters]
        if all(each.ended_ms for each in story.chapters):
            return
        current = [each.name for each in story.chapters if each.began_ms or each.name == CHAPTERS[0]][-1]
        told.page.evaluate("name => document.getElementById(name).scrollIntoView()", current)
        if now != noted or time.monotonic() > pictured + FILM_SECONDS:
            noted, pictured = now, time.monotonic()
            told.film.take(told.page, 1.6)
        time.sleep(LOOK_SECONDS)


def show(told: Told, chapter: str) -> None:
    """The end of a chapter, and the page of the platform on which one sees it."""
    told.page.wait_for_selector(f"#{chapter}:not(.is-running):not(.is-waiting)")
    told.page.evaluate("name => document.getElementById(name).scrollIntoView()", chapter)
    told.film.take(told.page, 3.0)
    if address := SEEN.get(chapter):
        told.page.goto(address)
        told.page.wait_for_load_state("load")
        told.page.wait_for_timeout(500)
        told.film.take(told.page, 2.5)
        told.page.goto("/tour")


def kinds(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(each.what, each.who) for each in entries if each.what != "configuration" and each.who != "token:site"]


def test_every_chapter_happened_and_the_page_says_so(told: Told) -> None:
    assert [(each.name, each.state, each.problem) for each in told.story.chapters] == [
        (name, "done", "") for name in CHAPTERS
    ]
    told.page.goto("/tour")
    assert told.page.locator(".is-done").count() == len(CHAPTERS)


def test_a_breaking_story_rose_by_clicks_alone(told: Told) -> None:
    now = told.story.chapter("breaking").now
    assert now["places"][0] != 1
    assert now["place"] == 1
    assert now["clicks"] >= 3
    assert kinds(told.entries("breaking")) == [("editorial", "token:newsroom")], "only its post"


def test_an_editor_pinned_one_story_and_took_another_down(told: Told) -> None:
    chapter, entries = told.story.chapter("editors"), told.entries("editors")
    assert kinds(entries) == [("editorial", f"token:{name}") for name in ("newsroom", "ana", "ana")]
    ana = {"Authorization": f"Bearer {read_json(told.root / 'data' / FOLDER / FILE)['ana']}"}
    with httpx.Client(base_url=told.url, headers=ana, timeout=PATIENCE_SECONDS, trust_env=False) as client:
        pinned = client.get(f"/rules/{chapter.now['rule']}").json()["versions"][-1]
        assert (pinned["kind"], pinned["about"]["name"], pinned["author"]) == ("pin", SERVICE, "token:ana")
        removed = chapter.now["taken_down"]
        items = client.get("/recommendations", params={"num_recs": 50}).json()["items"]
        assert removed not in {item["page"] for item in items}
    assert httpx.get(f"{told.url}/articles/{removed}", trust_env=False).status_code == 404


def test_the_gate_refused_the_bad_release_and_the_guard_rolled_it_back(told: Told) -> None:
    bad = told.story.chapter("refused").now["release"]
    (refused,) = [each for each in told.entries("refused") if each.what == "refuse"]
    assert refused.after == bad
    assert json.loads(refused.evidence)["accepted"] is False
    pointer = Releases(f"{told.settings.models_uri}/news").current()
    assert pointer is not None
    first = pointer.history[0].version
    assert [(each.kind, each.version) for each in pointer.history] == [
        ("promote", first),
        ("promote", bad),
        ("rollback", first),
    ]
    forced, back = [each for each in told.entries("guard") if each.what in ("force", "rollback")]
    assert (forced.what, forced.after) == ("force", bad)
    assert (back.who, back.before, back.after) == ("guard", bad, first)
    assert json.loads(back.evidence)["comparisons"][0]["worse"] is True


def test_drift_was_found_and_started_a_training(told: Told) -> None:
    entries = told.entries("drift")
    assert [what for what, _ in kinds(entries)][:2] == ["drift", "training"]
    training = entries[[each.what for each in entries].index("training")]
    assert training.who == "dag:students_monitoring"
    assert "large drift of" in training.why
    pointer = Releases(f"{told.settings.models_uri}/students").current()
    assert pointer is not None
    promoted = [each for each in entries if each.what in ("promote", "refuse")]
    assert [each.what == "promote" for each in promoted] == [len(pointer.history) == 2]


def test_the_record_is_unbroken(told: Told) -> None:
    log = EventLog(told.settings.events_address)
    try:
        assert AuditTrail(told.settings, log).check().problems == ()
    finally:
        log.close()


def test_the_pictures_and_the_film_of_the_docs_are_small(told: Told, tmp_path: Path) -> None:
    folder, page = Path(os.environ.get("PAUTA_TEST_FILM", tmp_path)), told.page
    assert told.film.write(folder / "tour.gif") < MOST_BYTES
    for name, address in DOCS.items():
        page.goto(address)
        picture(page, folder / f"{name}.png")
    page.goto("/tour")
    picture(page, folder / "tour-phone.png", size=PHONE)
    assert fits(page)
    page.goto("/recruiting/page")
    page.click("tbody a >> nth=0")
    picture(page, folder / "recruiting-page.png")
    run = told.story.chapter("guard").notes[-1].values["to"]
    for name, ending in {"data-card": "-data-card", "evaluation": ""}.items():
        page.goto((told.settings.evaluation_dir / "news" / f"{run}{ending}.html").as_uri())
        picture(page, folder / f"{name}.png", size={"width": 1100, "height": 1300})
    assert sum(path.stat().st_size for path in folder.glob("*.png")) < MOST_BYTES
