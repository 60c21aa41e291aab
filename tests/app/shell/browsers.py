"""A real Chromium for the tests of pages."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.patience import PATIENCE_SECONDS

CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
LOOKS = (("desktop", "light"), ("phone", "dark"))  # sizes and schemes in which axe examines each page
SERIOUS = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium; skips the test where it is absent."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="not among the API's own packages")
    with playwright.sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=1000 * PATIENCE_SECONDS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium for all tests of a module that imports this name."""
    with chromium() as started:
        yield started


def keep_picture(page: Any, name: str) -> None:
    """Keep a picture of the whole page in the folder ``PAUTA_TEST_PICTURES``, where it is set; it is made."""
    if folder := os.environ.get("PAUTA_TEST_PICTURES"):
        os.makedirs(folder, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@contextmanager
def window(browser: Any, client: httpx.Client, token: str, **settings: Any) -> Iterator[Any]:
    """A window in which the holder of a token has logged in; "" for nobody.

    At its end, no request has left this service, and the policy has blocked none.
    """
    context = browser.new_context(locale="en-GB", base_url=str(client.base_url), **settings)
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    page = context.new_page()
    hosts, complaints = set(), []
    page.on("request", lambda sent: hosts.add(re.sub(r"^(\w+://[^/]+).*", r"\1", sent.url)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    if token:
        page.goto("/login")
        page.fill("input[name=token]", token)
        page.click("main button")
        page.wait_for_url(lambda url: not url.endswith("/login"))
    yield page
    context.close()
    assert hosts <= {str(client.base_url).rstrip("/")}
    assert [line for line in complaints if "status of 4" not in line] == []


def fits(page: Any) -> bool:
    """Whether the page needs no horizontal scrolling."""
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return bool(wide <= page.viewport_size["width"])


def barriers(page: Any) -> list[str]:
    """The barriers that axe finds on the page, as sentences."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="not among the API's own packages")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]
