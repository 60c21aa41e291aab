"""Health, readiness, what runs here, and what Prometheus reads."""

import httpx
from pydantic import SecretStr

from app import __version__
from app.routes.info import settings_json
from script_shared.settings import Settings
from tests.app.conftest import TOKEN


def test_health_is_always_ok(shared: httpx.Client) -> None:
    assert shared.get("/health").json() == {"status": "ok"}


def test_info_says_which_time_it_is_on_the_clock_of_the_release(shared: httpx.Client) -> None:
    info = shared.get("/info").json()
    time, why = "2022-08-15T03:00:00Z", "As chosen when the release was made."
    assert info["clock"] == {"mode": "data", "now": time, "data_end": time, "why": why}
    assert shared.get("/ready").json()["clock"] == info["clock"]
    assert info["wall_time"] > "2026"
    assert info["version"] == __version__
    assert info["release"] == "v1"
    assert info["uptime_seconds"] > 0


def test_info_shows_settings_but_no_secret(client: httpx.Client) -> None:
    response = client.get("/info")
    assert response.json()["settings"]["admin_token"] == "(set)"
    assert response.json()["settings"]["release_poll_seconds"] == 0.05
    assert TOKEN not in response.text


def test_an_address_with_a_password_is_shown_without_it() -> None:
    settings = Settings(airflow_url="http://me:secret@airflow:8080", airflow_password=SecretStr("secret"))
    assert settings_json(settings)["airflow_url"] == "http://airflow:8080"
    assert "secret" not in str(settings_json(settings))


def test_requests_are_counted_by_route_template_and_not_by_address(shared: httpx.Client) -> None:
    shared.get("/no/such/address/17")
    shared.get("/recommendations", params={"user_id": "log0"})
    text = shared.get("/metrics").text
    assert 'pauta_http_requests_total{method="GET",route="/recommendations",status="200"}' in text
    assert 'pauta_http_requests_total{method="GET",route="unmatched",status="404"}' in text
    assert 'pauta_recommendations_total{release="v1",segment="logged",source=' in text
    assert "/no/such" not in text
    assert "log0" not in text


def test_the_release_in_service_is_exported(shared: httpx.Client) -> None:
    lines = shared.get("/metrics").text.splitlines()
    assert 'pauta_release_info{release="v1"} 1.0' in lines
    assert "pauta_ready 1.0" in lines
    assert "pauta_release_data_end_timestamp_seconds 1.6605324e+09" in lines
