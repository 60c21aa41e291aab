"""Starts a DAG through Airflow's REST API."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx

from script_shared.airflow_rest import AirflowLogin, answer_of, run_body
from script_shared.errors import RequestError, UnavailableError
from script_shared.settings import Settings

_TIMEOUT = httpx.Timeout(15.0, connect=3.0)


class Trigger:
    """A client of one Airflow.

    Without a user name it asks without a token, which an Airflow with "all admins" answers.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._login = _login(settings)

    async def start(self, dag: str, params: dict[str, Any]) -> dict[str, Any]:
        """Start a run of ``dag``; its id, state and the address where people see it.

        Raises:
            UnavailableError: Airflow is not configured, not reachable, or refuses the user.
            RequestError: the DAG has no such params, or Airflow refuses a value; the message says which.
        """
        async with self._client() as client:
            if params:
                await _check_names(client, dag, params)
            response = await client.post(f"/api/v2/dags/{dag}/dagRuns", json=run_body(params))
        run = answer_of(response, f"the DAG {dag}", "dag_run_id")
        shown = (self._settings.airflow_public_url or self._settings.airflow_url or "").rstrip("/")
        address = f"{shown}/dags/{dag}/runs/{run['dag_run_id']}"
        return {"dag": dag, "run_id": run["dag_run_id"], "state": run.get("state", "queued"), "address": address}

    async def params(self, dag: str) -> dict[str, Any]:
        """The params of ``dag`` by name, each with ``value``, ``description`` and ``schema``.

        Raises:
            UnavailableError: Airflow is not configured, not reachable, refuses the user or does not know the DAG.
        """
        async with self._client() as client:
            return await _params(client, dag)

    @contextlib.asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of Airflow's API.

        Raises:
            UnavailableError: Airflow is not configured or not reachable.
        """
        url = self._settings.airflow_url
        if not url:
            raise UnavailableError(
                "Airflow is not configured.", fix="Set PAUTA_AIRFLOW_URL and start the service again."
            )
        try:
            async with httpx.AsyncClient(base_url=url.rstrip("/"), auth=self._login, timeout=_TIMEOUT) as client:
                yield client
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(
                f"Airflow at {url} is unreachable ({reason}).", fix="Start it, or correct PAUTA_AIRFLOW_URL."
            ) from error


async def _check_names(client: httpx.AsyncClient, dag: str, params: dict[str, Any]) -> None:
    """Airflow itself accepts params that the DAG does not have, so a misspelt one would change nothing."""
    known = await _params(client, dag)
    if unknown := ", ".join(repr(name) for name in params if name not in known):
        raise RequestError(f"{dag} has no params {unknown}.", fix=f"It has: {', '.join(sorted(known)) or 'none'}.")


async def _params(client: httpx.AsyncClient, dag: str) -> dict[str, Any]:
    details = await client.get(f"/api/v2/dags/{dag}/details")
    return answer_of(details, f"the DAG {dag}", "params")["params"] or {}


def _login(settings: Settings) -> AirflowLogin | None:
    if settings.airflow_url is None or settings.airflow_username is None:
        return None
    password = settings.airflow_password.get_secret_value() if settings.airflow_password else ""
    return AirflowLogin(settings.airflow_url, settings.airflow_username, password)
