"""The pages in a real Chromium: on a desktop, on a phone, and printed."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.app.students.conftest import ANA

CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="not among the API's own packages")
    with playwright.sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: Any, browser: Any, client: httpx.Client) -> Iterator[Any]:
    """A window in which Ana has logged in; nothing but this service is asked, and nothing is refused by the policy."""
    context = browser.new_context(viewport=request.param, locale="en-GB", java_script_enabled=False)
    made = context.new_page()
    made.hosts, made.complaints = set(), []
    made.on("request", lambda sent: made.hosts.add(re.sub(r"^(\w+://[^/]+).*", r"\1", sent.url)))
    made.on("console", lambda line: made.complaints.append(line.text) if line.type == "error" else None)
    made.goto(str(client.base_url.join("/students/page")))
    made.fill("input[name=token]", ANA)
    made.click("main button")
    made.wait_for_url("**/students/page")
    yield made
    context.close()
    assert made.hosts == {str(client.base_url).rstrip("/")}
    assert made.complaints == []


def fits(page: Any) -> bool:
    """Whether nothing has to be scrolled sideways."""
    box, size = page.locator("body").bounding_box(), page.viewport_size
    widths = [each.bounding_box() for each in page.locator("main, header, section, table.list tr").all()]
    return box["width"] <= size["width"] and all(each is None or each["width"] <= size["width"] for each in widths)


def test_from_the_list_to_a_student_and_a_what_if(page: Any) -> None:
    assert fits(page)
    page.click("text=RA-2")
    page.wait_for_url("**/students/page/RA-2")
    assert fits(page)
    assert page.locator(".risk").count() == 1
    assert "raises the risk" in page.inner_text(".reasons")
    page.fill("input[name=ieg]", "9")
    page.fill("input[name=phase]", "3")
    page.click("text=Calculate")
    page.wait_for_load_state()
    assert page.locator(".both .risk").count() == 2
    assert page.locator(".both .badge.critical").count() == 1
    assert fits(page)


def test_the_language_is_changed_by_a_link_and_kept(page: Any) -> None:
    page.click("text=Português")
    page.wait_for_load_state()
    assert page.inner_text("h1") == "Estudantes por risco"
    page.click("text=RA-2")
    page.wait_for_url("**/RA-2*")
    assert page.inner_text("h1") == "Estudante RA-2"


def test_logging_out_leads_to_the_login(page: Any) -> None:
    page.click("text=Log out")
    page.wait_for_url("**/login")
    page.go_back()
    page.reload()
    assert "/login" in page.url


def test_a_class_is_printed_without_forms(page: Any) -> None:
    page.select_option("select[name=group]", "2A")
    page.click("text=Show")
    page.wait_for_url("**group=2A*")
    page.emulate_media(media="print")
    assert not page.is_visible("form.filters")
    assert page.is_visible("text=RA-1")
    content = page.pdf(format="A4", print_background=True)
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
