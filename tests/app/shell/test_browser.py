"""The shared pages in a real Chromium, on a desktop and on a phone, light and dark."""

from typing import Any

import httpx
import pytest

from tests.app.conftest import TOKEN
from tests.app.shell.browsers import LOOKS, SIZES, barriers, browser, fits, keep_picture, window

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_shared_pages_fit_and_are_accessible(browser: Any, common: httpx.Client, size: str, scheme: str) -> None:
    with window(browser, common, "", viewport=SIZES[size], color_scheme=scheme) as page:
        for name, path in {"front": "/", "login": "/login", "unknown": "/nothing"}.items():
            page.goto(path)
            keep_picture(page, f"shell-{name}-{size}")
            assert fits(page), path
            assert barriers(page) == [], path


def test_a_login_a_language_and_a_logout(browser: Any, common: httpx.Client) -> None:
    with window(browser, common, TOKEN, viewport=SIZES["phone"], java_script_enabled=False) as page:
        page.click("text=Português")
        assert page.inner_text("h1") == "Casos de uso desta instalação"
        page.goto("/login")
        page.fill("input[name=token]", "wrong")
        page.click("main button")
        assert "Esta chave não é válida." in page.inner_text("[role=alert]")
        page.click("text=Sair")
        page.wait_for_url("**/login")
        assert page.locator("header form").count() == 0
