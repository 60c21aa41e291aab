"""The editors' pages in a real Chromium: every page and action, on a desktop and on a phone, light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest

from script_shared.times import iso
from tests.app.conftest import until
from tests.app.news.pages.conftest import ADMIN, Desk
from tests.app.releases_made import NOW_MS
from tests.app.shell.browsers import LOOKS, SIZES, barriers, chromium, fits, keep_picture, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOME = "/news/editor"
LATER = iso(NOW_MS + 3_600_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("size", SIZES)
def test_a_story_is_taken_down_in_four_clicks_after_the_login(browser: Any, desk: Desk, size: str) -> None:
    with window(browser, desk.client, desk.tokens["editor"], viewport=SIZES[size]) as page:
        page.click("text=Pages for editors")
        page.click("text=Velha a40")
        page.click("text=Do not show this any more")
        page.click("text=Take it down now")
        page.wait_for_selector("text=The article is taken down")
        assert "a40" not in desk.front()
        page.click("text=Show it again")
        page.wait_for_selector("text=The article may be shown again")
        assert "a40" in desk.front()


@pytest.mark.parametrize("size", SIZES)
def test_a_story_leads_the_sport_front_until_a_time(browser: Any, desk: Desk, size: str) -> None:
    zone = {"timezone_id": "America/Sao_Paulo", "viewport": SIZES[size]}
    with window(browser, desk.client, desk.tokens["editor"], **zone) as page:
        page.click("text=Pages for editors")
        page.click("nav.tabs >> text=Articles")
        page.fill("input[name=q]", "a13")
        page.click("main form button")
        page.click("text=Velha a13")
        page.click("text=Put it at the top of a front")
        page.wait_for_selector("text=About “Velha a13")
        page.wait_for_selector("text=Times are in America/Sao_Paulo")
        assert page.input_value("input[name=front]") == "esportes"
        assert page.input_value("input[name=place]") == "1"
        page.fill("input[name=end]", "2022-08-15T06:00")  # six in São Paulo is nine in UTC
        page.fill("input[name=reason]", "final of the cup")
        page.click("button[value=preview]")
        page.wait_for_selector("#preview li.moved")
        keep_picture(page, f"editor-preview-{size}")
        page.click("#preview >> text=Add this rule")
        page.wait_for_selector("text=The rule is saved")
        assert desk.front("esportes")[0] == "a13"
        rule = desk.client.get("/rules", headers=ADMIN).json()["rules"][0]
        assert (rule["end"], rule["author"]) == ("2022-08-15T09:00:00Z", "token:editor")
        page.wait_for_selector("td.span time >> text=2022-08-15 06:00")
        until(lambda: "expected clicks" in page.inner_text("table [data-cost]"))


def test_times_say_utc_until_the_script_makes_them_local(browser: Any, desk: Desk) -> None:
    rule = desk.add("pin", "article a13", place=1, end="2022-08-15T09:00:00Z")
    zone = {"timezone_id": "America/Sao_Paulo", "viewport": SIZES["desktop"]}
    with window(browser, desk.client, desk.tokens["editor"], **zone) as page:
        held: list[Any] = []
        page.route("**/web/news/editor.js", lambda route: held.append(route))
        for path, utc, local in (
            ("/rules", "td.span >> text=2022-08-15 09:00 UTC", "td.span time >> text=/^2022-08-15 06:00$/"),
            (f"/rules/{rule}", "text=Times are in UTC", "text=Times are in America/Sao_Paulo"),
        ):
            page.goto(HOME + path, wait_until="commit")
            page.wait_for_selector(utc)
            if path != "/rules":
                assert page.input_value("input[name=end]") == "2022-08-15T09:00"
                page.fill("input[name=start]", "2022-08-15T01:30")
            until(lambda: page.wait_for_timeout(10) or held)
            held.pop().continue_()
            page.wait_for_selector(local)
        assert page.input_value("input[name=end]") == "2022-08-15T06:00"
        assert page.input_value("input[name=start]") == "2022-08-15T01:30"  # typed before the script ran


def test_an_end_is_asked_for_where_the_kind_needs_one(browser: Any, desk: Desk) -> None:
    with window(browser, desk.client, desk.tokens["editor"], viewport=SIZES["desktop"]) as page:
        page.goto(f"{HOME}/rules/new")
        for kind, needed in (("pin", True), ("quota", False), ("embargo", True)):
            page.select_option("select[name=kind]", kind)
            assert page.is_visible("text=needed;") == needed
            assert page.evaluate("document.querySelector('input[name=end]').required") == needed


def test_only_the_fields_of_the_chosen_kind_are_shown(browser: Any, desk: Desk) -> None:
    with window(browser, desk.client, desk.tokens["editor"], viewport=SIZES["desktop"]) as page:
        page.goto(f"{HOME}/rules/new")
        for kind, shown, hidden in (
            ("pin", "place", "least"),
            ("quota", "least", "place"),
            ("keep_apart", "other_name", "strength"),
            ("bury", "strength", "front"),
        ):
            page.select_option("select[name=kind]", kind)
            assert page.is_visible(f"input[name={shown}]")
            assert not page.is_visible(f"input[name={hidden}]")


def test_without_scripts_a_quota_is_added_and_removed(browser: Any, desk: Desk) -> None:
    with window(
        browser, desk.client, desk.tokens["editor"], viewport=SIZES["phone"], java_script_enabled=False
    ) as page:
        page.goto(f"{HOME}/rules/new?kind=quota&by=section&name=mundo")
        page.fill("input[name=most]", "10")
        page.fill("input[name=reason]", "not only the world")
        page.click("text=Add this rule")
        page.wait_for_selector("text=The rule is saved")
        assert sum(int(name[1:]) % 3 == 2 for name in desk.front()) <= 1
        page.click("text=at most 10% of a list")
        page.click("text=Remove the rule")
        page.wait_for_selector("text=The rule is removed")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_fits_and_is_accessible(browser: Any, desk: Desk, size: str, scheme: str) -> None:
    rule = desk.add("pin", "article a13", place=2, end=LATER)
    desk.add("quota", "section mundo", most=0.3)
    desk.add("boost", "section esportes", end=LATER, start=iso(NOW_MS + 60_000))
    desk.add("keep_apart", "tag acidente", other={"by": "source", "name": "voos.example"})
    with window(browser, desk.client, desk.tokens["editor"], viewport=SIZES[size], color_scheme=scheme) as page:
        pages = {
            "trending": "",
            "articles": "/articles?q=caf",
            "article": "/article?page=a40",
            "rules": "/rules",
            "rule": f"/rules/{rule}",
            "new": "/rules/new",
            "record": "/record",
            "missing": "/rules/0123456789ab",
        }
        for name, path in pages.items():
            page.goto(f"{HOME}{path}{'&' if '?' in path else '?'}lang={'pt' if size == 'phone' else 'en'}")
            page.wait_for_load_state("networkidle")
            keep_picture(page, f"editor-{name}-{size}")
            assert fits(page), path
            assert barriers(page) == [], path
        page.goto(f"{HOME}/article?page=a40&lang=en")
        page.click("summary >> nth=0")
        keep_picture(page, f"editor-takedown-{size}")
        assert barriers(page) == []


def test_the_keyboard_alone_takes_a_story_down(browser: Any, desk: Desk) -> None:
    with window(browser, desk.client, desk.tokens["editor"], viewport=SIZES["desktop"]) as page:
        page.goto(f"{HOME}/article?page=a40")
        _press_until(page, "summary.danger")
        page.keyboard.press("Enter")
        _press_until(page, ".take-down button")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=The article is taken down")
        assert "a40" not in desk.front()


def _press_until(page: Any, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches('{selector}')"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
