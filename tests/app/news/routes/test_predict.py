"""The list with timings."""

from typing import Any

import httpx
import pytest

from app.news.shapes import Predictions


def predict(client: httpx.Client, **body: Any) -> dict[str, Any]:
    response = client.post("/predict", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_predictions_are_the_recommendations(shared: httpx.Client) -> None:
    answer = predict(shared, userId="semi0", max_results=7)
    same = shared.get("/recommendations", params={"user_id": "semi0", "num_recs": 7}).json()
    assert answer["predictions"] == same["items"]
    assert answer["segment"] == "semi_logged"
    Predictions.model_validate(answer, strict=True)


def test_timings_add_up(shared: httpx.Client) -> None:
    answer = predict(shared, userId="log0")
    assert answer["processing_time_ms"] > 0
    assert sum(answer["timing_details"].values()) == pytest.approx(answer["processing_time_ms"], abs=0.01)


def test_articles_below_the_least_score_are_left_out(shared: httpx.Client) -> None:
    everything = predict(shared, userId="log0")["predictions"]
    least = everything[4]["score"]
    kept = predict(shared, userId="log0", minScore=least)["predictions"]
    assert kept == [item for item in everything if item["score"] >= least]
    assert 0 < len(kept) < len(everything)


def test_a_least_score_that_is_no_number_is_refused(shared: httpx.Client) -> None:
    response = shared.post("/predict", content='{"minScore": NaN}', headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "minScore"
