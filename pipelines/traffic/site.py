"""A site's side of the API: one kept connection, JSON in and out, every failure counted and none raised."""

import http.client
import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode, urlsplit

SECONDS = 10.0


class Site:
    """Asks one base address.

    Attributes:
        statuses: how often each status came; 0 means no answer.
    """

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=SECONDS)
        self._prefix = parts.path.rstrip("/")
        self._token = token
        self.statuses: Counter[int] = Counter()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def may_publish(self) -> bool:
        """Whether there is a token, which publishing asks for."""
        return bool(self._token)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The answer; empty when it was an error or none came."""
        given = {name: value for name, value in query.items() if value not in ("", None)}
        return self._ask("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """The same for a JSON body."""
        return self._ask("POST", path, json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        try:
            self._connection.request(method, self._prefix + path, body, headers)
            response = self._connection.getresponse()
            status, text = response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request opens it again
            status, text = 0, b""
        self.statuses[status] += 1
        return _object(text) if status == http.client.OK else {}


def _object(text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
