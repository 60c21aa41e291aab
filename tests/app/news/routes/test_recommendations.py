"""What readers of each kind get, and what is refused."""

from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from app.news.routes import recommendations
from app.news.shapes import Recommendations
from tests.app.releases_made import ALIVE, ANONYMOUS, LOGGED, READS, SEMI


def ask(client: httpx.Client, **query: Any) -> dict[str, Any]:
    response = client.get("/recommendations", params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def pages(answer: dict[str, Any]) -> list[str]:
    return [item["page"] for item in answer["items"]]


def test_an_answer_has_the_documented_shape(shared: httpx.Client) -> None:
    answer = ask(shared, user_id="log0", num_recs=5)
    assert Recommendations.model_validate(answer, strict=True).model_dump() == answer
    assert len(answer["items"]) == 5
    assert answer["release"] == "v1"
    first = answer["items"][0]
    assert first["title"] == f"Velha {first['page']}: eleição e café"
    assert first["url"].endswith(f"/{first['page']}.ghtml")
    assert first["reason"]


def test_times_are_utc_on_the_clock_of_the_release(shared: httpx.Client) -> None:
    answer = ask(shared, num_recs=40)
    now = datetime.fromisoformat(answer["generated_at"])
    assert answer["generated_at"] == "2022-08-15T03:00:00Z"
    assert all(datetime.fromisoformat(item["issued"]) <= now for item in answer["items"])


@pytest.mark.parametrize("user", READS)
def test_nobody_gets_what_was_read_or_has_expired_or_is_not_yet_published(shared: httpx.Client, user: str) -> None:
    read = {f"a{number}" for number in READS[user]}
    got = pages(ask(shared, user_id=user, num_recs=100))
    assert len(set(got)) == len(got)
    assert set(got) == ALIVE - read


@pytest.mark.parametrize(
    ("segment", "users"),
    [("logged", LOGGED), ("semi_logged", SEMI), ("anonymous", (*ANONYMOUS, "nobody knows", "", " "))],
)
def test_every_reader_is_answered_as_their_segment(shared: httpx.Client, segment: str, users: tuple[str, ...]) -> None:
    for user in users:
        answer = ask(shared, user_id=user)
        assert answer["segment"] == segment
        assert len(answer["items"]) == 10


def test_without_a_user_the_reader_is_a_new_one(shared: httpx.Client) -> None:
    assert ask(shared)["items"] == ask(shared, user_id="never seen")["items"] == ask(shared, user_id="")["items"]


def test_an_inline_history_counts_as_read_and_makes_a_reader_known(shared: httpx.Client) -> None:
    body = {"history": ["a20", "a21", "no such page"], "num_recs": 100}
    answer = shared.post("/recommendations", json=body).json()
    assert answer["segment"] == "semi_logged"
    assert set(pages(answer)) == ALIVE - {"a20", "a21"}


def test_excluded_pages_stay_out_without_counting_as_read(shared: httpx.Client) -> None:
    body = {"user_id": "anon1", "exclude": ["a20", "a21", "no such page"], "num_recs": 100}
    answer = shared.post("/recommendations", json=body).json()
    assert answer["segment"] == "anonymous"
    assert set(pages(answer)) == ALIVE - {"a20", "a21"}


def test_an_empty_body_object_is_a_new_reader(shared: httpx.Client) -> None:
    assert shared.post("/recommendations", json={}).json()["items"] == ask(shared)["items"]


def test_when_everything_was_read_the_list_is_empty_and_counted(shared: httpx.Client) -> None:
    answer = shared.post("/recommendations", json={"history": sorted(ALIVE)})
    assert answer.status_code == 200
    assert answer.json()["items"] == []
    assert 'pauta_recommendation_empty_total{segment="semi_logged"}' in shared.get("/metrics").text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"num_recs": "0"}, "num_recs"),
        ({"num_recs": "101"}, "num_recs"),
        ({"num_recs": "many"}, "num_recs"),
        ({"num_recs": ""}, "num_recs"),
        ({"user_id": "x" * 513}, "user_id"),
        ({"user": "log0"}, "user"),
    ],
)
def test_a_bad_query_is_refused_with_its_field(shared: httpx.Client, query: dict[str, str], field: str) -> None:
    response = shared.get("/recommendations", params=query)
    assert response.status_code == 422
    problem = response.json()
    assert [(entry["in"], entry["field"]) for entry in problem["errors"]] == [("query", field)]
    assert field in problem["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"history": "a1"}, "history"),
        ({"history": ["a1", [2]]}, "history.1"),
        ({"history": ["x"] * 1001}, "history"),
        ({"exclude": [{}]}, "exclude.0"),
        ({"userId": "log0"}, "userId"),
        ({"num_recs": 1.5}, "num_recs"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_bad_body_is_refused_with_its_field(shared: httpx.Client, body: Any, field: str) -> None:
    response = shared.post("/recommendations", json=body)
    assert response.status_code == 422
    assert [(entry["in"], entry["field"]) for entry in response.json()["errors"]] == [("body", field)]


def test_pages_by_cursor_repeat_nothing_and_end(shared: httpx.Client) -> None:
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = ask(shared, user_id="log0", num_recs=8, cursor=cursor)
        seen += pages(answer)
        cursor = answer["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == ALIVE - {"a11", "a12", "a13"}


def test_pages_go_on_where_the_first_ended(shared: httpx.Client) -> None:
    first = ask(shared, num_recs=5)
    second = ask(shared, num_recs=5, cursor=first["next"])
    assert pages(first) + pages(second) == pages(ask(shared, num_recs=10))


@pytest.mark.parametrize("cursor", ["nonsense", "MQ===", "é", "MwAAAAA"])
def test_a_cursor_of_somebody_else_is_refused(shared: httpx.Client, cursor: str) -> None:
    response = shared.get("/recommendations", params={"cursor": cursor})
    assert response.status_code == 422
    assert "cursor" in response.json()["detail"]


def test_only_the_wanted_section_comes(shared: httpx.Client) -> None:
    got = pages(ask(shared, section="esportes", num_recs=100))
    assert set(got) == {page for page in ALIVE if int(page[1:]) % 3 == 1}


def test_only_articles_young_enough_come(shared: httpx.Client) -> None:
    assert set(pages(ask(shared, max_age_hours=4.5, num_recs=100))) == {"a49", "a48", "a47", "a46", "a45"}


def test_excluded_ids_may_be_given_many_times(shared: httpx.Client) -> None:
    answer = shared.get("/recommendations?num_recs=100&exclude_ids=a20&exclude_ids=a21").json()
    assert set(pages(answer)) == ALIVE - {"a20", "a21"}


def test_what_is_being_read_does_not_come(shared: httpx.Client) -> None:
    assert set(pages(ask(shared, context_item="a20", num_recs=100))) == ALIVE - {"a20"}


def test_a_diverse_list_holds_one_article_per_text_before_it_repeats_one(shared: httpx.Client) -> None:
    words = [int(page[1:]) % 3 for page in pages(ask(shared, num_recs=3, min_diversity=0.5))]
    assert sorted(words) == [0, 1, 2]  # the release's texts are one of three words
    assert len(pages(ask(shared, num_recs=10, min_diversity=0.5))) == 10


def test_explained_items_name_what_made_their_score(shared: httpx.Client) -> None:
    for item in ask(shared, explain=1)["items"]:
        assert isinstance(item["explain"], dict)
    assert "explain" not in ask(shared)["items"][0]


def test_a_release_that_was_made_without_a_ranker_is_whole(shared: httpx.Client) -> None:
    assert ask(shared)["degraded"] == []


def test_the_route_that_parses_by_itself_has_no_dependency_that_would_be_skipped() -> None:
    for route in recommendations.router.routes:
        assert isinstance(route, APIRoute)
        assert route.dependencies == []
        assert [dependency.name for dependency in route.dependant.dependencies] == ["service"]
