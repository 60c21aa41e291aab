"""The front page lists the use cases of the instance; all its parts are served, and only from here."""

import re

import httpx
import pytest

from script_shared.use_cases import REGISTRY

PAGES = {
    "/": ["/web/shell.css"],
    "/news": ["/web/shell.css", "/web/news/front.css", "/web/news/reader.js", "/web/news/front.js"],
}
pages = pytest.mark.parametrize("page", PAGES)


def addresses(client: httpx.Client, page: str) -> list[str]:
    """The addresses of the page's links and files; relative, so they work under any path prefix."""
    found = re.findall(r'(?:src|href)="([^"#]+)"', client.get(page).text)
    assert not [address for address in found if address.startswith("/")], "another service's under a path prefix"
    return found


def test_the_front_page_has_every_use_case_with_its_release_or_the_reason_for_none(shared: httpx.Client) -> None:
    page = shared.get("/").text
    for entry in REGISTRY:
        assert f'href="model?use_case={entry.name}"' in page
    assert page.count("release <b>v1</b>, in service since ") == 1
    assert page.count("no release has been promoted yet") == len(REGISTRY) - 1
    assert '<a href="news">News</a>' in page


@pages
def test_a_page_and_all_its_parts_are_served(shared: httpx.Client, page: str) -> None:
    answer = shared.get(page)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert set(PAGES[page]) <= {f"/{address}" for address in addresses(shared, page)}
    assert shared.get("/web/nothing.js").status_code == 404
    assert shared.get("/web/news/nothing.js").status_code == 404


@pages
def test_every_link_of_a_page_leads_somewhere(shared: httpx.Client, page: str) -> None:
    found = addresses(shared, page)
    assert len(found) > 5
    for address in found:
        of_a_use_case = "use_case=" in address or "/page" in address or address == "operations"  # or a login first
        expected = {200, 303, 503} if of_a_use_case else {200}
        assert shared.get(f"/{address}").status_code in expected, address


@pages
def test_nothing_is_loaded_from_elsewhere(shared: httpx.Client, page: str) -> None:
    assert "default-src 'none'" in shared.get(page).headers["Content-Security-Policy"]
    for address in (page, *PAGES[page]):
        assert "//cdn" not in shared.get(address).text
        assert not re.search(r'(?:src|href)="https?:', shared.get(address).text)
