"""What every client of Airflow's REST API shares: the login and its renewal, and what an answer means."""

from collections.abc import Generator
from typing import Any

import httpx

from script_shared.errors import RequestError, UnavailableError

Exchange = Generator[httpx.Request, httpx.Response, None]


class AirflowLogin(httpx.Auth):
    """The login of ``httpx.Client`` and ``httpx.AsyncClient``; a token is kept until Airflow refuses it."""

    requires_response_body = True

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url = f"{url.rstrip('/')}/auth/token"
        self._body = {"username": username, "password": password}
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Exchange:
        """Send a request with a token; when a token of an earlier request has expired, once more with a new one."""
        kept = self._token
        if not kept:
            yield from self._log_in(request)
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and kept:
            yield from self._log_in(request)
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _log_in(self, request: httpx.Request) -> Exchange:
        self._token = ""
        response = yield httpx.Request("POST", self._url, json=self._body, extensions=request.extensions)  # timeouts
        self._token = str(_json(response).get("access_token", "")) if response.is_success else ""
        if not self._token:
            raise UnavailableError(
                f"Airflow refuses the user {self._body['username']!r} ({response.status_code}).",
                fix="Correct PAUTA_AIRFLOW_USERNAME and PAUTA_AIRFLOW_PASSWORD.",
            )


def run_body(conf: dict[str, Any]) -> dict[str, Any]:
    """What starts a run of a DAG: Airflow wants its logical date named, and none means now.

    Args:
        conf: the params of the run, by name; Airflow stores them as JSON.

    Returns:
        the body of ``POST /dags/<dag>/dagRuns``: ``logical_date`` and ``conf``.
    """
    return {"logical_date": None, "conf": conf}


def answer_of(response: httpx.Response, what: str, key: str = "") -> dict[str, Any]:
    """Airflow's answer as JSON.

    Args:
        response: of any status and content, also without JSON.
        what: the part of Airflow that was asked for, to complete the sentence "Airflow does not know …".
        key: one that the answer has to hold.

    Returns:
        the JSON object of the body, which has ``key`` if one was given.

    Raises:
        RequestError: Airflow refuses a value; of a long reason, the message has the first line.
        UnavailableError: it refuses the user, does not know what was asked for, or is not Airflow.
    """
    answer = _json(response)
    if response.is_success and (key in answer or not key):
        return answer
    code, detail = response.status_code, str(answer.get("detail", "")).strip().partition("\n")[0][:500]
    if code in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
        raise RequestError(f"Airflow refuses the params: {detail}")
    if code == httpx.codes.NOT_FOUND:
        raise UnavailableError(f"Airflow does not know {what}.", fix="It may still be reading the DAGs; try again.")
    if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise UnavailableError(
            f"The Airflow user may not use {what} ({code}).", fix="Give it the role 'user' or higher."
        )
    raise UnavailableError(f"Airflow answered {code} for {what}. {detail}".strip(), fix="See Airflow's log.")


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
