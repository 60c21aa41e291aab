"""Starting a training over HTTP, against a server that answers as Airflow does."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from tests.app.airflow_double import Airflow, airflow
from tests.app.conftest import Store, free_port, serving


@pytest.fixture
def double() -> Iterator[Airflow]:
    with airflow() as double:
        yield double


@pytest.fixture
def trainer(store: Store, double: Airflow, admin: dict[str, str]) -> Iterator[httpx.Client]:
    """A service that knows the server, and an admin of it."""
    with serving(settings(store, double.address)) as client:
        client.headers.update(admin)
        yield client


def settings(store: Store, address: str, password: str = "right") -> Any:
    return store.settings.model_copy(
        update={"airflow_url": address, "airflow_username": "api", "airflow_password": SecretStr(password)}
    )


def test_training_is_started_and_its_address_told(trainer: httpx.Client, double: Airflow) -> None:
    response = trainer.post("/train")
    assert response.status_code == 202
    assert response.json() == {
        "dag": "news_training",
        "run_id": "manual__1",
        "state": "queued",
        "address": f"{double.address}/dags/news_training/runs/manual__1",
    }
    assert response.headers["Location"] == response.json()["address"]
    assert double.asked == [("news_training", {})]


def test_the_data_dag_is_started_when_asked_for_with_its_params(trainer: httpx.Client, double: Airflow) -> None:
    response = trainer.post("/train", json={"dag": "news_data", "params": {"source": "local"}})
    assert response.status_code == 202
    assert double.asked == [("news_data", {"source": "local"})]


def test_the_token_is_kept_and_renewed_when_it_expired(trainer: httpx.Client, double: Airflow) -> None:
    trainer.post("/train")
    trainer.post("/train")
    assert double.logins == 1
    double.token = "token-2"
    assert trainer.post("/train").status_code == 202
    assert double.logins == 2


def test_a_value_that_airflow_refuses_is_a_422_with_the_first_line_of_its_reason(trainer: httpx.Client) -> None:
    response = trainer.post("/train", json={"dag": "news_data", "params": {"source": "elsewhere"}})
    assert response.status_code == 422
    detail = response.json()["detail"]
    assert detail.endswith("Invalid input for param source: 'elsewhere' is not one of [None, 'sample', 'local']")


def test_params_that_the_dag_does_not_have_are_a_422_that_lists_the_ones_it_has(
    trainer: httpx.Client, double: Airflow
) -> None:
    response = trainer.post("/train", json={"params": {"foo": 1, "run_id": "a", "bar": 2}})
    assert response.status_code == 422
    assert "news_training has no params 'foo', 'bar'. It has: force, run_id." in response.json()["detail"]
    assert double.asked == []


def test_the_token_is_renewed_also_when_params_are_looked_up(trainer: httpx.Client, double: Airflow) -> None:
    trainer.post("/train")
    double.token = "token-2"
    assert trainer.post("/train", json={"params": {"run_id": "a"}}).status_code == 202
    assert double.asked[-1] == ("news_training", {"run_id": "a"})


@pytest.mark.parametrize("body", [{"dag": "rm"}, {"dags": "news_data"}, {"params": []}])
def test_a_body_that_asks_for_something_else_is_refused(
    trainer: httpx.Client, double: Airflow, body: dict[str, Any]
) -> None:
    assert trainer.post("/train", json=body).status_code == 422
    assert double.asked == []


def test_a_dag_that_airflow_does_not_know_yet_is_unavailable(trainer: httpx.Client, double: Airflow) -> None:
    double.dags = {}
    assert trainer.post("/train", json={"params": {"run_id": "a"}}).status_code == 503
    response = trainer.post("/train")
    assert response.status_code == 503
    assert "does not know the DAG news_training" in response.json()["detail"]
    assert response.headers["Retry-After"]


def test_a_user_who_may_not_start_runs_is_told(trainer: httpx.Client, double: Airflow) -> None:
    double.role = "viewer"
    response = trainer.post("/train")
    assert response.status_code == 503
    assert "role" in response.json()["detail"]


def test_a_wrong_password_is_told_without_repeating_it(store: Store, double: Airflow, admin: dict[str, str]) -> None:
    with serving(settings(store, double.address, "not-the-password")) as client:
        response = client.post("/train", headers=admin)
    assert response.status_code == 503
    assert "PAUTA_AIRFLOW_PASSWORD" in response.json()["detail"]
    assert "not-the-password" not in response.text


def test_an_airflow_that_is_not_there_is_told(store: Store, admin: dict[str, str]) -> None:
    with serving(settings(store, f"http://127.0.0.1:{free_port()}")) as client:
        response = client.post("/train", headers=admin)
    assert response.status_code == 503
    assert "is unreachable" in response.json()["detail"]


def test_without_an_address_airflow_is_not_configured(client: httpx.Client, admin: dict[str, str]) -> None:
    response = client.post("/train", headers=admin)
    assert response.status_code == 503
    assert "PAUTA_AIRFLOW_URL" in response.json()["detail"]
    assert response.headers["Retry-After"]
