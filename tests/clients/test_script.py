"""pauta.js in a real Chromium, on a page of another site than the API's."""

import gzip
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from script_shared.events import EventLog, Kind
from tests.app.conftest import Store, release_of, serving, until
from tests.clients.site_servers import PAGE, Quiet, Stumbling

CHROMIUM = shutil.which("chromium")
SCRIPT = Path(__file__).parents[2] / "clients" / "javascript" / "pauta.js"
MOST_BYTES = 4096
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def test_the_script_is_small():
    assert len(gzip.compress(SCRIPT.read_bytes(), 9)) < MOST_BYTES


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="not among the API's own packages")
    with playwright.sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address and folder of a site."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(store: Store, site: tuple[str, Path]) -> Iterator[httpx.Client]:
    store.promote("v1")
    with serving(store.settings.model_copy(update={"cors_origins": site[0]})) as client:
        until(lambda: release_of(client) == "v1")
        yield client


@pytest.fixture
def page(browser: Any, site: tuple[str, Path]) -> Iterator[Any]:
    """A browser window that remembers errors and the hosts it asked."""
    context = browser.new_context()
    made = context.new_page()
    made.problems = []
    made.on("pageerror", lambda error: made.problems.append(str(error)))
    yield made
    context.close()
    assert made.problems == []


def visit(page: Any, site: tuple[str, Path], api: httpx.Client, consent: str = 'data-consent="granted"') -> None:
    address, folder = site
    (folder / "index.html").write_text(PAGE.format(api=str(api.base_url).rstrip("/"), consent=consent))
    (folder / "next.html").write_text("<title>Next</title>")
    page.goto(f"{address}/index.html")


def events(store: Store) -> list[tuple[str, str]]:
    kinds = {Kind.CLICK: "click", Kind.IMPRESSION: "impression"}
    entries = EventLog(store.settings.events_address).tail(0, limit=10_000)
    return [(kinds[entry.kind], entry.article_id) for entry in entries if entry.kind in kinds]


pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_is_seen_is_an_impression_and_a_link_that_leads_away_is_a_click(page, site, api, store):
    visit(page, site, api)
    until(lambda: page.evaluate("pauta.flush()") or ("impression", "a1") in events(store))
    page.click("text=First")
    page.wait_for_url("**/next.html")
    until(lambda: ("click", "a1") in events(store))
    assert sorted(events(store)) == [("click", "a1"), ("impression", "a1")]
    entries = EventLog(store.settings.events_address).tail(0, limit=100)
    click = next(entry for entry in entries if entry.kind == Kind.CLICK)
    assert (click.user_id, click.body["region"], len(click.body["session"])) == ("ana", "sp", 24)


def test_what_is_scrolled_to_is_an_impression_once(page, site, api, store):
    visit(page, site, api)
    page.evaluate("scrollTo(0, 6000)")
    until(lambda: page.evaluate("pauta.flush()") or ("impression", "a2") in events(store))
    for top in (0, 6000):
        page.evaluate(f"scrollTo(0, {top})")
        page.wait_for_timeout(1_200)
    page.evaluate("pauta.flush()")
    assert events(store).count(("impression", "a2")) == 1


def test_nothing_is_sent_or_stored_without_consent(page, site, api, store):
    visit(page, site, api, consent="")
    page.wait_for_timeout(1_200)
    page.evaluate("pauta.click('a1')")
    page.evaluate("pauta.flush()")
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie, pauta.session()]") == [
        0,
        0,
        "",
        "",
    ]
    page.evaluate("pauta.consent(true)")
    page.evaluate("pauta.click('a3')")
    page.evaluate("pauta.consent(false)")  # what waits is dropped
    page.evaluate("pauta.flush()")
    page.evaluate("pauta.consent(true)")
    page.evaluate("pauta.click('a4')")
    page.evaluate("pauta.flush()")
    until(lambda: ("click", "a4") in events(store))
    assert events(store) == [("click", "a4")]


def test_events_that_got_no_answer_are_sent_again_and_count_once(page, site, api, store):
    visit(page, site, api)
    lost: list[str] = []

    def lose(route: Any) -> None:
        lost.append(route.request.post_data)
        if len(lost) == 1:
            route.abort()
        elif len(lost) == 2:
            route.fetch()  # it arrives, and the answer is lost
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route("**/events", lose)
    page.evaluate("pauta.click('a7')")
    for tries in range(1, 4):
        page.evaluate("pauta.flush()")
        until(lambda tries=tries: page.wait_for_timeout(20) or len(lost) >= tries)
    until(lambda: page.wait_for_timeout(20) or ("click", "a7") in events(store))
    assert lost[0] == lost[1] == lost[2]
    assert events(store).count(("click", "a7")) == 1


@pytest.fixture
def stumbling() -> Iterator[Any]:
    """A server that answers 503 to every post of events until its ``status`` is changed."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Stumbling)
    server.status, server.posts = 503, []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_click_whose_request_fails_as_the_page_ends_is_sent_by_the_next_page(page, site, api, stumbling):
    script = f'data-consent="granted" data-url="http://127.0.0.1:{stumbling.server_port}"'
    visit(page, site, api, consent=script)
    (site[1] / "next.html").write_text(PAGE.format(api=str(api.base_url).rstrip("/"), consent=script))
    page.click("text=First")
    page.wait_for_url("**/next.html")
    until(lambda: page.wait_for_timeout(20) or clicks_of(stumbling, 503))
    assert not clicks_of(stumbling, 200)
    stumbling.status = 200
    page.evaluate("pauta.flush()")
    until(lambda: page.wait_for_timeout(20) or clicks_of(stumbling, 200))
    page.wait_for_function("sessionStorage.getItem('pauta.queue') === null")
    assert clicks_of(stumbling, 200) == clicks_of(stumbling, 503)


def clicks_of(server: Any, status: int) -> set[str]:
    """Ids of the clicks that were answered with a status."""
    return {event["event_id"] for answered, event in server.posts if answered == status and event["kind"] == "click"}


def test_a_bad_event_does_not_cost_the_others_of_its_batch(page, site, api, store):
    visit(page, site, api, consent="")
    page.evaluate("pauta.consent(true)")
    page.evaluate("for (const one of ['a3', 'x'.repeat(5000), 'a4', 'y'.repeat(5000), 'a5']) pauta.click(one)")
    page.evaluate("pauta.flush()")
    until(lambda: page.wait_for_timeout(20) or len(events(store)) == 3)
    assert events(store) == [("click", "a3"), ("click", "a4"), ("click", "a5")]


def test_a_visit_keeps_its_session_where_storage_is_full(page, site, api):
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    visit(page, site, api)
    assert page.evaluate("pauta.session()") == page.evaluate("pauta.session()")
    assert len(page.evaluate("pauta.session()")) == 24


def test_a_list_is_fetched_with_the_session_and_its_answer_is_named_by_clicks(page, site, api, store):
    visit(page, site, api)
    answer = page.evaluate("pauta.recommendations({num_recs: 5, exclude_ids: ['a1', 'a2']})")
    assert len(answer["items"]) == 5
    assert not {"a1", "a2"} & {item["page"] for item in answer["items"]}


def test_the_demo_page_works_and_asks_no_other_host(page, api, store):
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.goto(f"{str(api.base_url).rstrip('/')}/demo")
    page.check("#consent")
    page.wait_for_selector("article button")
    until(lambda: page.wait_for_timeout(20) or page.inner_text("#session") != "none")  # the page forbids eval
    title = page.inner_text("article button >> nth=0")
    page.click("article button >> nth=0")
    until(lambda: page.wait_for_timeout(20) or any(kind == "click" for kind, _ in events(store)))
    until(lambda: page.wait_for_timeout(20) or page.inner_text("article button >> nth=0") != title)
    assert asked == {str(api.base_url).split("/")[2]}
