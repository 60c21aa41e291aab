"""The pages for operators in a real Chromium: every page and action, on a desktop and on a phone, also by keyboard."""

from typing import Any

import pytest

from tests.app.conftest import release_of, until
from tests.app.operations.conftest import Site
from tests.app.operations.test_pages import CASE
from tests.app.shell.browsers import LOOKS, SIZES, barriers, browser, fits, keep_picture, window

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = {
    "overview": "/operations",
    **{tab: f"{CASE}/{tab}" for tab in ("releases", "runs", "drift", "experiments", "start")},
    "live": f"{CASE}/live",
    "quarantine": f"{CASE}/quarantine",
    "compare": f"{CASE}/compare?a=v1&b=v2",
    "record": "/operations/record",
}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_fits_is_accessible_and_draws_its_plots(browser: Any, site: Site, size: str, scheme: str) -> None:
    with window(browser, site.client, site.tokens["operator"], viewport=SIZES[size], color_scheme=scheme) as page:
        for name, path in PAGES.items():
            page.goto(path)
            plots = page.locator("figure.plot").count()
            until(lambda: page.locator("figure.plot svg").count() == plots)  # noqa: B023
            for details in page.locator("details.act").all():
                details.evaluate("each => { each.open = true; }")
            assert fits(page), path
            assert barriers(page) == [], path
            keep_picture(page, f"operations-{name}-{size}")
        assert page.locator("figure.plot").count() == 0  # the record has none, and loads no script for plots


@pytest.mark.parametrize("size", SIZES)
def test_an_operator_rolls_back_and_promotes(browser: Any, site: Site, size: str) -> None:
    with window(browser, site.client, site.tokens["operator"], viewport=SIZES[size]) as page:
        page.goto(f"{CASE}/releases")
        for headline, expected in (("Back to the release before", "v1"), ("Put into service", "v2")):
            act = page.locator("details.act", has_text=headline).first
            act.locator("summary").click()
            act.locator("input[name=reason]").fill("tried in a browser")
            act.locator("input[name=confirmed]").check()
            act.locator("button").click()
            page.wait_for_selector(f"text=Done: {expected}.")
            until(lambda: release_of(site.client) == expected)  # noqa: B023


def test_an_action_without_a_confirmation_is_not_even_sent(browser: Any, site: Site) -> None:
    with window(browser, site.client, site.tokens["operator"], viewport=SIZES["desktop"]) as page:
        page.goto(f"{CASE}/releases")
        act = page.locator("details.act", has_text="Protect").first
        act.locator("summary").click()
        act.locator("button").click()
        assert act.locator("input[name=reason]:invalid").count() == 1
        assert "done=" not in page.url


def test_a_release_is_protected_by_keyboard_and_a_run_started(browser: Any, site: Site) -> None:
    with window(browser, site.client, site.tokens["operator"], viewport=SIZES["phone"]) as page:
        page.goto(f"{CASE}/releases")
        page.locator("#r-v1 summary", has_text="Protect").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("by keyboard")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#r-v1 >> text=protected")
        page.goto(f"{CASE}/start")
        form = page.locator("form.panel", has_text="news_training")
        form.locator("input[name=reason]").fill("tried in a browser")
        form.locator("input[name=confirmed]").check()
        form.locator("button").click()
        page.wait_for_selector("text=Airflow has the run manual__")


def test_a_report_is_opened_in_a_box_of_its_own(browser: Any, site: Site) -> None:
    with window(browser, site.client, site.tokens["viewer"], viewport=SIZES["desktop"]) as page:
        page.goto(f"{CASE}/runs")
        page.click("text=data card")
        until(lambda: page.title() == "run-2-data-card.html drawn")
        assert page.evaluate("window.origin") == "null"
