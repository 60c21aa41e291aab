"""Own vectors and tags bring a new article to those who read what is like it, and to nobody else."""

from typing import Any

import httpx
import numpy as np
import pytest

DIM = 32
TOPICS = np.linalg.qr(np.random.default_rng(7).normal(size=(DIM, DIM)))[0]  # far from each other


def near(topic: int, seed: int) -> list[float]:
    """A vector about one topic."""
    noise = np.random.default_rng(seed).normal(size=DIM)
    return [float(number) for number in 5 * TOPICS[topic] + 0.3 * noise]


def post(client: httpx.Client, admin: dict[str, str], *articles: dict[str, Any]) -> None:
    response = client.post("/articles", json=list(articles), headers=admin)
    assert response.status_code == 200, response.text


def read(client: httpx.Client, user: str, page: str) -> None:
    body = {"event_id": f"{user} {page}", "user_id": user, "page": page}
    assert client.post("/events", json=body).status_code == 200


def pages(client: httpx.Client, **query: Any) -> list[str]:
    return [item["page"] for item in client.get("/recommendations", params=query).json()["items"]]


def by_vector(topic: int) -> dict[str, Any]:
    return {"vector": near(topic, topic)}


def by_tags(topic: int) -> dict[str, Any]:
    return {"tags": [f"Tópico {topic}", f"pessoa {topic}"]}


@pytest.mark.parametrize("like", [by_vector, by_tags])
def test_a_new_article_reaches_those_who_read_what_is_like_it(
    client: httpx.Client, admin: dict[str, str], like: Any
) -> None:
    seeds = [{"page": f"seed{topic}", "title": f"Semente {topic}", **like(topic)} for topic in range(4)]
    post(client, admin, *seeds)
    for topic in range(4):
        read(client, f"reader{topic}", f"seed{topic}")
    for topic in range(4):
        post(client, admin, {"page": f"new{topic}", "title": f"Xyzzy {topic}", **like(topic)})
    for topic in range(4):
        found = {page for page in pages(client, user_id=f"reader{topic}") if page.startswith("new")}
        assert found == {f"new{topic}"}
        assert f"new{topic}" in pages(client, context_item=f"seed{topic}")
    assert not [page for page in pages(client, user_id="stranger") if page.startswith("new")]


def test_without_vectors_and_tags_nothing_brings_the_same_article(client: httpx.Client, admin: dict[str, str]) -> None:
    post(client, admin, {"page": "seed", "title": "Semente"})
    read(client, "reader", "seed")
    post(client, admin, {"page": "new", "title": "Xyzzy"})
    assert "new" not in pages(client, user_id="reader")


def test_vectors_of_another_name_are_not_compared(client: httpx.Client, admin: dict[str, str]) -> None:
    post(client, admin, {"page": "seed", "title": "Semente", "vector": near(1, 1), "vector_name": "old"})
    read(client, "reader", "seed")
    post(client, admin, {"page": "new", "title": "Xyzzy", "vector": near(1, 2), "vector_name": "new"})
    assert "new" not in pages(client, user_id="reader")
    post(client, admin, {"page": "new", "vector": near(1, 2), "vector_name": "old"})
    assert "new" in pages(client, user_id="reader")
    post(client, admin, {"page": "new", "vector": None})
    assert "new" not in pages(client, user_id="reader")


@pytest.mark.parametrize(
    ("vector", "says"),
    [
        ([1.0] * (DIM + 1), "33 numbers; earlier ones have 32"),
        ([0.0] * DIM, "zeros"),
        ([1.0], "at least 2"),
        ([1.0] * 1025, "at most 1024"),
        ([1.0, "x"], "valid number"),
    ],
)
def test_a_vector_that_cannot_be_compared_is_refused(
    common: httpx.Client, admin: dict[str, str], vector: Any, says: str
) -> None:
    post(common, admin, {"page": "seed", "vector": near(0, 0)})
    response = common.post("/articles", json={"page": "new", "vector": vector}, headers=admin)
    assert response.status_code == 422
    assert says in response.json()["detail"]
    assert common.get("/articles/new").status_code == 404


def test_a_batch_whose_vectors_differ_in_length_is_refused(common: httpx.Client, admin: dict[str, str]) -> None:
    batch = [
        {"page": "b1", "vector": [1, 2], "vector_name": "b"},
        {"page": "b2", "vector": [1, 2, 3], "vector_name": "b"},
    ]
    assert common.post("/articles", json=batch, headers=admin).status_code == 422


def test_a_list_is_narrowed_to_a_tag_however_it_is_written(client: httpx.Client, admin: dict[str, str]) -> None:
    post(client, admin, {"page": "a30", "tags": ["Eleições 2026"]}, {"page": "a31", "tags": ["eleicoes 2026", "x"]})
    for tag in ("ELEIÇÕES-2026", "eleicoes 2026"):
        assert sorted(pages(client, tag=tag)) == ["a30", "a31"]
    body = {"tag": "x", "history": ["a20"]}
    assert [item["page"] for item in client.post("/recommendations", json=body).json()["items"]] == ["a31"]
    assert pages(client, tag="nothing") == []
    post(client, admin, {"page": "a31", "tags": []})
    assert pages(client, tag="x") == []
    why = client.get("/articles/a31", params={"user_id": "u"}, headers=admin).json()
    assert why["tags"] == []
