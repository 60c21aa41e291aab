"""The pages of a reader in a real Chromium: choose a reader, read, see the list change, and compare two sides."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.app.conftest import until
from tests.app.shell.browsers import LOOKS, SIZES, barriers, chromium, fits, keep_picture, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(params=SIZES)
def page(request: Any, browser: Any, common: httpx.Client) -> Iterator[Any]:
    with window(browser, common, "", viewport=SIZES[request.param]) as made:
        yield made


def headlines(page: Any) -> list[str]:
    return page.locator("article h2").all_inner_texts()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_fits_and_is_accessible(browser: Any, common: httpx.Client, size: str, scheme: str) -> None:
    paths = {"front": "/news", "article": "/news/read/a20", "compare": "/news/compare"}
    with window(browser, common, "", viewport=SIZES[size], color_scheme=scheme) as page:
        for name, path in paths.items():
            page.goto(path)
            page.wait_for_selector("article")
            page.locator(".explain summary").first.click()
            assert fits(page), path
            assert barriers(page) == [], path
            keep_picture(page, f"news-{name}-{size}")


def test_a_read_changes_the_list_and_the_page_says_what_changed_and_why(page: Any) -> None:
    page.goto("/news?lang=pt")
    page.wait_for_selector("article h2")
    first = headlines(page)[0]
    page.locator("article button.read").first.click()
    page.wait_for_selector("text=Um artigo lido aqui.")
    assert first not in headlines(page)
    assert "A lista mudou" in page.inner_text("#changes")
    page.click("#forget")
    page.wait_for_selector("#session", state="hidden")
    until(lambda: headlines(page)[0] == first)


def test_opening_an_article_is_a_read_and_leads_to_the_next(page: Any) -> None:
    page.goto("/news")
    page.wait_for_selector("article h2")
    first = headlines(page)[0]
    page.locator("article h2 a").first.click()
    page.wait_for_selector("#next article")
    assert page.inner_text("h1") == first
    assert first not in page.locator("#next h3").all_inner_texts()
    page.locator("#next h3 a").first.click()
    until(lambda: page.inner_text("h1") != first)  # the page forbids eval, so its own functions cannot wait
    page.wait_for_selector("#next article")
    page.click("text=To the front page")
    page.wait_for_selector("text=2 articles read here.")
    assert first not in headlines(page)


def test_another_reader_gets_another_list(page: Any) -> None:
    page.goto("/news")
    page.wait_for_selector("article h2")
    page.select_option("#segment", "anonymous")
    page.wait_for_selector("#facts >> text=Unknown")
    page.fill("#user", "log1")
    page.locator("#reader button").click()
    page.wait_for_selector("#facts >> text=Logged in")
    page.reload()
    page.wait_for_selector("#facts >> text=Logged in")


def test_two_sides_say_where_each_article_is_in_the_other(page: Any) -> None:
    page.goto("/news/compare")
    page.wait_for_selector("#right-list article")
    page.select_option("#right", "in_service")
    page.wait_for_selector("text=10 of 10 articles are in both lists.")
    assert "place 1 in the other list" in page.locator("#left-list article").first.inner_text()


def test_others_clicks_reach_the_page_by_itself(page: Any, common: httpx.Client) -> None:
    page.goto("/news")
    page.wait_for_selector("article h2")
    with page.expect_response("**/news/list") as answered:
        for number in range(3):
            common.post(
                "/events",
                json={"event_id": f"other{number}-{time.time_ns()}", "user_id": f"other{number}", "page": "a22"},
            )
    assert answered.value.status == 200


def test_the_front_page_works_by_keyboard(page: Any) -> None:
    page.goto("/news")
    page.wait_for_selector("article h2")
    page.locator("article .explain summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("article .explain").first.get_attribute("open") is not None
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "plain read"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=One article read here.")
