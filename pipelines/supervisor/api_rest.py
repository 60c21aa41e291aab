"""What the supervisor asks of the recommendation API."""

from typing import Any

import httpx

from script_shared.errors import UnavailableError


class ApiRest:
    """A client of the local API."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def release(self) -> str | None:
        """The release in service, or None while there is none."""
        try:
            response = self._http.get("/ready")
        except httpx.HTTPError:
            return None
        return str(response.json()["release"]) if response.is_success else None

    def examples(self) -> dict[str, list[str]]:
        """A few reader ids of each segment."""
        examples: dict[str, list[str]] = self._get("/model", {})["examples"]
        return examples

    def recommendations(self, user_id: str, count: int) -> dict[str, Any]:
        """The answer for one reader."""
        return self._get("/recommendations", {"user_id": user_id, "num_recs": count})

    def _get(self, path: str, query: dict[str, Any]) -> dict[str, Any]:
        try:
            response = self._http.get(path, params=query).raise_for_status()
        except httpx.HTTPError as error:
            raise UnavailableError(f"The API does not answer {path}: {error}.") from error
        answer: dict[str, Any] = response.json()
        return answer
