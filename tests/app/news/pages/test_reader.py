"""The lists of the pages: the same rules as everybody's, nothing is counted, and every score is explained in words."""

import json

import httpx
import pytest

from app.news.pages.explained import THEMES, parts_of, theme_of
from app.news.pages.reader_list import SIDES
from app.news.pages.words import WORDS
from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.reasons import MIX_PARTS
from tests.app.conftest import TOKEN, until
from tests.app.releases_made import ALIVE, LOGGED, READS


def ask(client: httpx.Client, **body: object) -> dict:
    answer = client.post("/news/list", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("side", SIDES)
def test_every_side_gives_articles_that_may_be_shown_and_leaves_out_what_was_read(
    common: httpx.Client, side: str
) -> None:
    user = LOGGED[0]
    first = ask(common, user=user, side=side, n=5)
    pages = [item["page"] for item in first["items"]]
    assert set(pages) <= ALIVE
    if side != "most_read":
        assert pages
        assert not set(pages) & set(READS[user])
    again = ask(common, user=user, side=side, n=5, history=pages[:2])
    assert not {item["page"] for item in again["items"]} & set(pages[:2])


def test_the_list_in_service_is_the_list_of_the_api(common: httpx.Client) -> None:
    for user in (*LOGGED, ""):
        mine = [item["page"] for item in ask(common, user=user, n=8)["items"]]
        theirs = common.get("/recommendations", params={"user_id": user, "num_recs": 8}).json()["items"]
        assert mine == [item["page"] for item in theirs]


def test_the_pages_take_the_ids_that_the_api_takes(common: httpx.Client) -> None:
    unknown = ask(common, user="x" * 512, n=8)["items"]
    assert unknown == ask(common, n=8)["items"]
    assert ask(common, user=f" \u00a0{LOGGED[0]}\u200b", n=8) == ask(common, user=LOGGED[0], n=8)
    for wrong in ("x" * 513, "a\tb"):
        for address, body in (("/news/list", {"user": wrong}), ("/recommendations", {"user_id": wrong})):
            assert common.post(address, json=body).status_code == 422


def test_lists_of_the_pages_are_neither_counted_nor_remembered(common: httpx.Client) -> None:
    def count() -> str:
        lines = common.get("/metrics").text.splitlines()
        return "\n".join(line for line in lines if line.startswith("pauta_recommendations_total"))

    before = count()
    ask(common, user=LOGGED[0])
    assert count() == before


@pytest.mark.parametrize("wrong", [{"side": "elsewhere"}, {"n": 0}, {"n": 51}, {"other": 1}, {"history": ["x"] * 101}])
def test_wrong_values_are_refused(common: httpx.Client, wrong: dict[str, object]) -> None:
    answer = common.post("/news/list", json=wrong)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_every_feature_has_a_theme_and_every_theme_a_word() -> None:
    assert {name for name in (*FEATURES, *MIX_PARTS) if theme_of(name) == "other"} == set()
    assert {f"theme_{theme}" for theme in (*THEMES.values(), "other")} <= set(WORDS)


def test_parts_sum_up_what_the_features_added_and_the_greatest_come_first() -> None:
    parts = parts_of({"share_1h": 0.5, "mix": -0.2, "region_share_5m": -0.9, "reads": 0.0, "brand_new": 0.1})
    assert [part.theme for part in parts] == ["nearby", "now", "other"]
    assert parts[1].value == pytest.approx(0.3)


def test_an_article_has_a_page_of_its_own_and_a_withdrawn_one_has_none(common: httpx.Client) -> None:
    page = common.get("/news/read/a20")
    assert page.status_code == 200
    assert 'data-page="a20"' in page.text
    for missing in ("nothing", "a59"):  # unknown, and not published yet
        assert common.get(f"/news/read/{missing}").status_code == 404
    assert common.get("/news", params={"section": "nowhere"}).status_code == 404


def test_a_page_hears_of_a_click_without_asking(common: httpx.Client) -> None:
    positions: list[int] = []
    with common.stream("GET", "/news/changes") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            positions.append(json.loads(line.removeprefix("data: "))["position"])
            if len(positions) == 1:
                sent = common.post("/events", json={"event_id": "heard", "user_id": "somebody", "page": "a21"})
                assert sent.status_code == 200, sent.text
            else:
                break
    assert positions[1] > positions[0]
    until(lambda: "/news/changes" not in common.get("/metrics").text)  # how long somebody watched is no duration


def test_the_variants_of_a_running_experiment_are_sides(common: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    body = {"name": "sides", "variants": [{"name": "a", "share": 0.01}, {"name": "b", "share": 0.01, "ranker": False}]}
    assert common.post("/news/list", json={"side": "sides/b"}).status_code == 422
    assert common.post("/experiments", json=body, headers=headers).status_code == 201
    until(lambda: common.post("/news/list", json={"side": "sides/b", "user": LOGGED[0]}).status_code == 200)
    assert "sides/b" in common.get("/news/compare").text
    assert common.post("/experiments/sides/stop", json={"why": "done"}, headers=headers).status_code == 200
    until(lambda: common.post("/news/list", json={"side": "sides/b"}).status_code == 422)
