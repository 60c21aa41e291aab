"""The login of Airflow's clients: kept, renewed once, and no more patient than the client that uses it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from script_shared.airflow_rest import AirflowLogin, answer_of, run_body
from script_shared.errors import RequestError, UnavailableError
from tests.app.airflow_double import Airflow, airflow


@pytest.fixture
def double() -> Iterator[Airflow]:
    with airflow() as double:
        yield double


def client(double: Airflow, password: str = "right") -> httpx.Client:
    return httpx.Client(base_url=double.address, auth=AirflowLogin(double.address, "api", password))


def start(http: httpx.Client, dag: str = "news_data", **conf: str) -> str:
    response = http.post(f"/api/v2/dags/{dag}/dagRuns", json=run_body(conf))
    return str(answer_of(response, f"the DAG {dag}", "dag_run_id")["dag_run_id"])


def test_one_login_serves_all_requests_until_airflow_refuses_its_token(double: Airflow) -> None:
    with client(double) as http:
        assert [start(http), start(http, source="local")] == ["manual__1", "manual__2"]
        assert double.logins == 1
        double.token = "token-2"
        assert start(http) == "manual__3"
    assert double.logins == 2
    assert double.asked == [("news_data", {}), ("news_data", {"source": "local"}), ("news_data", {})]


def test_an_asynchronous_client_uses_the_same_login(double: Airflow) -> None:
    async def started() -> int:
        async with httpx.AsyncClient(base_url=double.address, auth=AirflowLogin(double.address, "a", "right")) as http:
            return (await http.post("/api/v2/dags/news_data/dagRuns", json=run_body({}))).status_code

    assert asyncio.run(started()) == 200


def test_a_wrong_password_is_an_error_that_does_not_repeat_it(double: Airflow) -> None:
    with client(double, "hush") as http, pytest.raises(UnavailableError, match="refuses the user 'api'") as caught:
        start(http)
    assert "hush" not in caught.value.log_text


def test_refusals_say_what_was_asked_for(double: Airflow) -> None:
    with client(double) as http:
        with pytest.raises(UnavailableError, match="Airflow does not know the DAG nothing"):
            start(http, "nothing")
        with pytest.raises(RequestError, match="'elsewhere' is not one of"):
            start(http, source="elsewhere")


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"{}"])
def test_a_success_that_is_not_airflows_is_an_error(content: bytes) -> None:
    with pytest.raises(UnavailableError, match="Airflow answered 200 for the DAG news_data"):
        answer_of(httpx.Response(200, content=content), "the DAG news_data", "dag_run_id")


def test_the_login_ends_with_the_time_limit_of_its_client() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:  # takes connections and never answers
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with (
            httpx.Client(auth=AirflowLogin(url, "api", ""), timeout=0.2) as http,
            pytest.raises(httpx.TimeoutException),
        ):
            http.get(url)  # without the limit it would never end
