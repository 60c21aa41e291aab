"""The pages for recruiters in a real Chromium: every page and action, on a desktop and on a phone, light and dark."""

from typing import Any

import httpx
import pytest

from tests.app.conftest import TOKEN
from tests.app.recruiting.pages.conftest import RUI
from tests.app.recruiting.releases import VACANCY
from tests.app.shell.browsers import LOOKS, SIZES, barriers, browser, fits, keep_picture, window

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = "/recruiting/page"


@pytest.mark.parametrize("size", SIZES)
def test_from_the_list_to_a_candidate_with_every_action(browser: Any, service: httpx.Client, size: str) -> None:
    with window(browser, service, TOKEN, viewport=SIZES[size], java_script_enabled=False) as page:
        page.goto(PAGE)
        assert page.locator("table.list tbody tr").count() > 1
        page.fill("input[name=q]", "java")
        page.click("text=Search")
        assert page.locator("li.match").count() > 1
        page.goto(f"{PAGE}/new")
        page.fill("input[name=title]", f"Desenvolvedor Java {size}")
        page.fill("input[name=skills_text]", "Java; Spring; SQL")
        page.click("main button")
        page.wait_for_url("**/vacancies/page-*")
        assert page.locator("li.match").count() == 10
        for place in (0, 1):
            page.locator("li.match input[type=checkbox]").nth(place).check()
        page.click("text=Compare two candidates")
        page.wait_for_url("**/compare?*")
        assert page.locator("table.compare thead a").count() == 2
        page.locator("form.move select").first.select_option("Encaminhado ao Requisitante")
        page.locator("form.move button").first.click()
        page.wait_for_url("**moved=*")
        assert "Encaminhado ao Requisitante" in page.inner_text(".done")
        page.locator("table.list tbody th a").first.click()
        page.wait_for_url("**/candidates/*")
        assert "Encaminhado ao Requisitante" in page.inner_text("table.list")


def test_a_change_by_somebody_else_appears_without_a_reload(browser: Any, service: httpx.Client) -> None:
    with window(browser, service, RUI, viewport=SIZES["desktop"]) as page:
        page.goto(f"{PAGE}/vacancies/{VACANCY}")
        candidate = page.locator("li.match input[name=candidate]").nth(5).get_attribute("value")
        pair = {"candidate_id": candidate, "vacancy_id": VACANCY, "status": "Entrevista com Cliente"}
        answer = service.post("/recruiting/applications", json=pair, headers={"Authorization": f"Bearer {RUI}"})
        assert answer.status_code == 200
        page.wait_for_selector("table.list >> text=Entrevista com Cliente")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_fits_and_is_accessible(browser: Any, service: httpx.Client, size: str, scheme: str) -> None:
    with window(browser, service, "", viewport=SIZES[size], color_scheme=scheme) as page:
        page.goto("/login")
        assert barriers(page) == []
    with window(browser, service, TOKEN, viewport=SIZES[size], color_scheme=scheme) as page:
        page.goto(f"{PAGE}/vacancies/{VACANCY}")
        boxes = page.locator("li.match input[name=candidate]")
        one, two = (boxes.nth(place).get_attribute("value") for place in (0, 1))
        for name, path in {
            "front": "/",
            "open": PAGE,
            "new": f"{PAGE}/new",
            "search": f"{PAGE}/search?q=java",
            "vacancy": f"{PAGE}/vacancies/{VACANCY}",
            "compare": f"{PAGE}/vacancies/{VACANCY}/compare?candidate={one}&candidate={two}",
            "candidate": f"{PAGE}/candidates/{one}",
            "unknown": f"{PAGE}/vacancies/nothing",
        }.items():
            page.goto(path)
            keep_picture(page, f"recruiting-{name}-{size}")
            assert fits(page), path
            assert barriers(page) == [], path


def test_the_keyboard_reaches_everything(browser: Any, service: httpx.Client) -> None:
    with window(browser, service, RUI, viewport=SIZES["desktop"]) as page:
        page.goto(f"{PAGE}/vacancies/{VACANCY}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('li.match form.move select')"):
                break
        assert page.evaluate("document.activeElement.matches('li.match form.move select')")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**moved=*")
        assert page.is_visible(".done")
