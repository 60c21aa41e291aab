"""The demo front page comes whole, and from here alone."""

import re

import httpx


def test_the_front_page_and_all_its_parts_are_served(shared: httpx.Client) -> None:
    page = shared.get("/")
    assert page.headers["Content-Type"].startswith("text/html")
    parts = re.findall(r'(?:src|href)="(web/[^"]+)"', page.text)
    assert len(parts) == 3
    for part in parts:
        assert shared.get(f"/{part}").status_code == 200


def test_every_link_of_the_front_page_leads_somewhere(shared: httpx.Client) -> None:
    addresses = re.findall(r'href="([^"#]+)"', shared.get("/").text)
    assert len(addresses) == 6
    for address in addresses:
        assert not address.startswith("/"), "an absolute address is another service's under a path prefix"
        assert shared.get(f"/{address}").status_code == 200


def test_nothing_comes_from_elsewhere(shared: httpx.Client) -> None:
    response = shared.get("/")
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    for address in ("/", "/web/front.js", "/web/front.css"):
        assert "//cdn" not in shared.get(address).text
        assert not re.search(r'(?:src|href)="https?:', shared.get(address).text)
