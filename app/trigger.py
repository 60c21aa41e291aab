"""Starts a DAG through Airflow's REST API."""

from typing import Any

import httpx

from script_shared.errors import RequestError, UnavailableError
from script_shared.settings import Settings

_TIMEOUT = httpx.Timeout(15.0, connect=3.0)


class Trigger:
    """A client of one Airflow; its token is kept until Airflow refuses it.

    Without a user name it asks without a token, which an Airflow with "all admins" answers.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token: str | None = None

    async def start(self, dag: str, params: dict[str, Any]) -> dict[str, Any]:
        """Start a run of ``dag``; its id, state and the address where people see it.

        Raises:
            UnavailableError: Airflow is not configured, not reachable, or refuses the user.
            RequestError: the DAG has no such params, or Airflow refuses a value; the message says which.
        """
        url = self._settings.airflow_url
        if not url:
            raise UnavailableError(
                "Airflow is not configured.", fix="Set PAUTA_AIRFLOW_URL and start the service again."
            )
        try:
            async with httpx.AsyncClient(base_url=url.rstrip("/"), timeout=_TIMEOUT) as client:
                if params:
                    await self._check_names(client, dag, params)
                body = {"logical_date": None, "conf": params}
                run = _read(await self._ask(client, "POST", f"{dag}/dagRuns", body), dag, "dag_run_id")
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(
                f"Airflow at {url} is unreachable ({reason}).", fix="Start it, or correct PAUTA_AIRFLOW_URL."
            ) from error
        shown = (self._settings.airflow_public_url or url).rstrip("/")
        address = f"{shown}/dags/{dag}/runs/{run['dag_run_id']}"
        return {"dag": dag, "run_id": run["dag_run_id"], "state": run.get("state", "queued"), "address": address}

    async def _check_names(self, client: httpx.AsyncClient, dag: str, params: dict[str, Any]) -> None:
        """Airflow itself takes params that the DAG does not have, and a misspelt one would change nothing."""
        known = _read(await self._ask(client, "GET", f"{dag}/details"), dag, "params")["params"] or {}
        if unknown := ", ".join(repr(name) for name in params if name not in known):
            raise RequestError(f"{dag} has no params {unknown}.", fix=f"It has: {', '.join(sorted(known)) or 'none'}.")

    async def _ask(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> httpx.Response:
        kept = self._token
        headers = await self._headers(client)
        response = await client.request(method, f"/api/v2/dags/{path}", json=body, headers=headers)
        if response.status_code == httpx.codes.UNAUTHORIZED and kept is not None:
            self._token = None  # it had expired
            return await self._ask(client, method, path, body)
        return response

    async def _headers(self, client: httpx.AsyncClient) -> dict[str, str]:
        settings = self._settings
        if settings.airflow_username is None:
            return {}
        if self._token is None:
            password = settings.airflow_password.get_secret_value() if settings.airflow_password else ""
            login = {"username": settings.airflow_username, "password": password}
            response = await client.post("/auth/token", json=login)
            self._token = str(_json(response).get("access_token", "")) if response.is_success else ""
            if not self._token:
                self._token = None
                raise UnavailableError(
                    f"Airflow refuses the user {settings.airflow_username!r} ({response.status_code}).",
                    fix="Correct PAUTA_AIRFLOW_USERNAME and PAUTA_AIRFLOW_PASSWORD.",
                )
        return {"Authorization": f"Bearer {self._token}"}


def _read(response: httpx.Response, dag: str, key: str) -> dict[str, Any]:
    """Airflow's answer, which has that key, or what its refusal means; of a long reason, the first line."""
    answer = _json(response)
    if response.is_success and key in answer:
        return answer
    code, detail = response.status_code, str(answer.get("detail", "")).strip().partition("\n")[0][:500]
    if code == httpx.codes.BAD_REQUEST or code == httpx.codes.UNPROCESSABLE_ENTITY:
        raise RequestError(f"Airflow refuses the params: {detail}")
    if code == httpx.codes.NOT_FOUND:
        raise UnavailableError(
            f"Airflow does not know the DAG {dag}.", fix="It may still be reading the DAGs; try again."
        )
    if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise UnavailableError(
            f"The Airflow user may not start {dag} ({code}).", fix="Give it the role 'user' or higher."
        )
    raise UnavailableError(f"Airflow answered {code}. {detail}".strip(), fix="See Airflow's log.")


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
