"""Under a path prefix and behind a proxy everything is found, and only trusted proxies are believed."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.forwarded import ForwardedHeaders
from script_shared.addresses import networks
from tests.app.conftest import of_a_module

PROXY = "127.0.0.1"
LINK = re.compile(r"""(?:src|href)="([^"#]+)"|(?:url: |fetch\()'([^']+)'|ask\("([^"]+)\"""")


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what the application would see."""
    request = Request(scope)
    seen = {"scheme": scope["scheme"], "client": scope["client"][0], "host": request.headers["host"]}
    await JSONResponse({**seen, "root": scope.get("root_path", ""), "path": scope["path"]})(scope, receive, send)


def forward(headers: dict[str, str], *, peer: str = PROXY, path: str = "/x", root: str = "") -> dict[str, str]:
    app = ForwardedHeaders(echo, root, networks("127.0.0.1, 10.0.0.0/8"))
    found: dict[str, str] = asyncio.run(_ask(app, peer, path, headers)).json()
    return found


async def _ask(app: ASGIApp, peer: str, path: str, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(peer, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://inner:8001") as client:
        return await client.get(path, headers=headers)


def test_a_trusted_proxy_says_who_asked_and_how() -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.9, 10.1.2.3",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "site.example",
        "X-Forwarded-Prefix": "/pauta/",
    }
    site = {"scheme": "https", "client": "203.0.113.9", "host": "site.example", "root": "/pauta", "path": "/pauta/x"}
    assert forward(headers) == site
    assert forward(headers, peer="::ffff:10.0.0.7") == site
    inner = {"scheme": "http", "client": "198.51.100.1", "host": "inner:8001", "root": "", "path": "/x"}
    assert forward(headers, peer="198.51.100.1") == inner


def test_an_address_that_a_client_made_up_is_not_believed() -> None:
    assert forward({"X-Forwarded-For": "192.0.2.66, 203.0.113.9"})["client"] == "203.0.113.9"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("203.0.113.9:4711", "203.0.113.9"),
        ('"[2001:db8::1]:80"', "2001:db8::1"),
        ("unknown, 10.0.0.1", "10.0.0.1"),
        ("<script>", PROXY),
        ("", PROXY),
    ],
)
def test_addresses_are_read_as_proxies_write_them(chain: str, client: str) -> None:
    assert forward({"X-Forwarded-For": chain})["client"] == client


@pytest.mark.parametrize("prefix", ["/a b", "//evil.example", '/"><script>', "/a\\b", "/a/../b", "/" + "x" * 300])
def test_a_prefix_that_is_none_is_left_out(prefix: str) -> None:
    assert forward({"X-Forwarded-Prefix": prefix})["root"] in ("", "/evil.example")


@given(
    st.dictionaries(
        st.sampled_from(["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    )
)
def test_nothing_that_a_proxy_says_breaks_a_request(headers: dict[str, str]) -> None:
    found = forward(headers, path="/a-path-that-is-longer-than-any-prefix-that-this-test-draws-so-none-is-equal")
    assert found["scheme"] in ("http", "https")
    assert re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", found["root"])


@pytest.mark.parametrize("path", ["/x", "/pauta/x"])
def test_a_path_is_understood_with_and_without_the_prefix(path: str) -> None:
    assert forward({}, path=path, root="/pauta")["path"] == "/pauta/x"


Site = Callable[[str], httpx.Response]


@pytest.fixture(scope="module", params=["whole path", "stripped path", "header"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]
) -> Iterator[Site]:
    """Asks for addresses as a browser at https://site.example/pauta/ does, through each kind of proxy."""
    kind, root = request.param, tmp_path_factory.mktemp("prefix")
    with of_a_module(root, folders, root_path="" if kind == "header" else "/pauta") as client:

        def ask(path: str) -> httpx.Response:
            assert path.startswith("/pauta"), f"{path} is not under the prefix: another service would get it"
            inner = path if kind == "whole path" else path.removeprefix("/pauta")
            return client.get(inner, headers={"X-Forwarded-Prefix": "/pauta"} if kind == "header" else {})

        yield ask


@pytest.mark.parametrize("page", ["/pauta/", "/pauta/docs"])
def test_every_address_in_a_page_is_found_under_the_prefix(site: Site, page: str) -> None:
    parts = follow(site, page)
    assert len(parts) >= 4


def follow(site: Site, page: str) -> set[str]:
    """Every address that a page and its scripts ask for, each of them answered."""
    found, text = set(), site(page).text
    for part in re.findall(r'src="([^"]*web/[^"]+)"', text):
        text += site(urljoin(page, part)).text
    for match in LINK.finditer(text):
        address = urljoin(page, next(filter(None, match.groups())))
        answer = site(address)
        if answer.status_code == 303:  # a page that asks people to log in first
            answer = site(urljoin(address, answer.headers["Location"]))
        assert answer.status_code in (200, 503), address  # 503: news alone has a release here
        found.add(address)
    return found


def test_generated_clients_find_the_service_under_the_prefix(site: Site) -> None:
    assert site("/pauta/openapi.json").json()["servers"] == [{"url": "/pauta"}]


def test_the_prefix_alone_leads_to_the_front_page() -> None:
    app = ForwardedHeaders(echo, "/pauta", ())
    response = asyncio.run(_ask(app, PROXY, "/pauta", {}))
    assert (response.status_code, response.headers["Location"]) == (308, "/pauta/")
