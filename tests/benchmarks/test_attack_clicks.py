"""The attacks of strangers on clicks are sent as strangers send them."""

import httpx

from tests.benchmarks.attack_clicks import Site, _junk, _junk_labels


def test_only_the_count_of_groups_is_read_with_the_token() -> None:
    seen: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.path, request.headers.get("Authorization", "")))
        return httpx.Response(200, json={"items": [{"page": "a"}], "trending": {"regions": []}})

    site = Site("http://127.0.0.1:1", "secret")
    site.client.close()
    site.client = httpx.Client(
        base_url="http://127.0.0.1:1", headers=site.client.headers, transport=httpx.MockTransport(answer)
    )
    _junk_labels(site)
    assert _junk(site) == 0
    assert {path for path, token in seen if token} == {"/live"}
    assert {path for path, token in seen if not token} == {"/recommendations", "/events"}
