"""What readers of each kind get, and what is refused."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from app.shapes import Recommendations
from tests.app.releases import ALIVE, ANONYMOUS, LOGGED, READS, SEMI


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
        ({"user_id": "x" * 257}, "user_id"),
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
        ({"history": ["a1", 2]}, "history.1"),
        ({"history": ["x"] * 1001}, "history"),
        ({"exclude": [None]}, "exclude.0"),
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
