"""A client of the local API, for the supervisor."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from script_shared.errors import UnavailableError


class Readiness(NamedTuple):
    """A release in service with the reason for its clock, or why one was refused."""

    release: str = ""
    refused: str = ""
    clock: str = ""


class ApiRest:
    """A client of the local API."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=10, trust_env=False)
        self.close = self._http.close

    def readiness(self, use_case: str) -> Readiness | None:
        """A use case's release in service, or why the promoted one was refused; None while neither is known."""
        try:
            response = self._http.get("/ready", params={"use_case": use_case})
            answer = response.json()
        except (httpx.HTTPError, ValueError):
            return None
        if not isinstance(answer, dict):
            return None
        if response.is_success and "release" in answer:
            clock = answer.get("clock", {})
            return Readiness(answer["release"], clock=f"{clock.get('mode', '')} time. {clock.get('why', '')}".strip())
        return Readiness(refused=answer["refused"]["reason"]) if answer.get("refused") else None

    def get(self, path: str, query: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a route.

        Raises:
            UnavailableError: there is none.
        """
        try:
            answer: dict[str, Any] = self._http.get(path, params=dict(query)).raise_for_status().json()
        except httpx.HTTPError as error:
            raise UnavailableError(f"The API does not answer {path}: {error}.") from error
        return answer
