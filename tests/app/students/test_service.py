"""The routes of the use case that say how it is and change its release."""

from typing import Any

import httpx
from pydantic import SecretStr

from tests.app.airflow_double import airflow
from tests.app.conftest import serving, until
from tests.app.students.conftest import ADMIN, is_ready


def test_health_names_the_release_and_needs_no_token(settings: Any, client: httpx.Client) -> None:
    answer = client.get("/students/health", headers={"Authorization": ""}).json()
    assert answer == {"status": "ok", "release": "s1", "reason": None}
    with serving(settings.model_copy(update={"models_uri": f"{settings.models_uri}-empty"})) as other:
        found = other.get("/students/health").json()
        assert (found["status"], found["release"]) == ("ok", None)
        assert "no release has been promoted" in found["reason"]


def test_the_clock_of_a_use_case_without_interactions_has_no_end_of_data(client: httpx.Client) -> None:
    clock = client.get("/ready?use_case=students").json()["clock"]
    assert (clock["mode"], clock["data_end"]) == ("wall", None)


def test_the_model_is_that_of_the_host(client: httpx.Client) -> None:
    assert client.get("/students/model").json() == client.get("/model?use_case=students").json()


def test_a_reload_takes_the_current_release(client: httpx.Client) -> None:
    answer = client.post("/students/model/reload").json()
    assert (answer["reloaded"], answer["release"]) == (True, "s1")


def test_a_training_is_started_in_airflow(settings: Any) -> None:
    with airflow() as double:
        double.dags = {"students_training": ("force",), "students_data": ()}
        user = {"airflow_username": "api", "airflow_password": SecretStr("right")}
        changed = settings.model_copy(update={"airflow_url": double.address, **user})
        with serving(changed) as client:
            until(lambda: is_ready(client))
            client.headers.update(ADMIN)
            assert client.post("/students/train", json={"params": {"force": "refuse"}}).status_code == 202
            assert client.post("/students/train", json={"data": True}).json()["dag"] == "students_data"
            assert client.post("/students/train", json={"params": {"other": 1}}).status_code == 422
        assert double.asked == [("students_training", {"force": "refuse"}), ("students_data", {})]
