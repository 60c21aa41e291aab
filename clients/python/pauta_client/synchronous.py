"""The synchronous client."""

import time
from types import TracebackType
from typing import Any

import httpx

from pauta_client import requests
from pauta_client.answers import PautaError, Recommendations
from pauta_client.requests import AGAIN, Options, Waiting


class Client:
    """Fetches lists and sends events; the README explains the arguments.

    Use it in a ``with`` block: the end sends what waits and closes the connections.
    """

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None, **options: Any) -> None:
        self.options = Options(url, **options)
        self.waiting = Waiting()
        self._http = httpx.Client(timeout=self.options.timeout_seconds, transport=transport)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Send waiting events and close the connections."""
        try:
            self.flush()
        finally:
            self._http.close()

    def recommend(self, user_id: str | None = None, num_recs: int = 10, **parameters: Any) -> Recommendations:
        """Get recommendations; parameters are those of ``POST /recommendations``, such as ``session`` and ``section``.

        Raises:
            PautaError: the API refused, or did not answer.
        """
        given = {"user_id": user_id, "num_recs": num_recs, **parameters}
        return Recommendations.of(self._send(requests.list_request(self.options, given)))

    def click(self, page: str, **members: Any) -> None:
        """Send a click; fields are those of ``POST /events``, such as ``user_id``, ``session`` and ``answer_id``."""
        self._note(requests.event("click", page, members))

    def impression(self, page: str, **members: Any) -> None:
        """Note that an article was shown."""
        self._note(requests.event("impression", page, members))

    def flush(self) -> None:
        """Send all events that wait.

        Raises:
            PautaError: the API did not take them; those that may be sent again still wait.
        """
        while batch := self.waiting.events[: self.options.batch_size]:
            try:
                self._send(requests.events_request(self.options, batch))
            except PautaError as error:
                if error.status and error.status not in AGAIN:
                    del self.waiting.events[: len(batch)]  # refused for good: they would be refused again
                raise
            del self.waiting.events[: len(batch)]

    def post_articles(self, *articles: dict[str, Any]) -> int:
        """Publish or change articles (admin); returns the number accepted."""
        body = self._send(requests.request(self.options, "POST", "articles", list(articles)))
        return int(body["accepted"])

    def export_user(self, user_id: str) -> dict[str, Any]:
        """Everything that is stored about a user (admin)."""
        found: dict[str, Any] = self._send(requests.request(self.options, "GET", f"users/{requests.part(user_id)}"))
        return found

    def erase_user(self, user_id: str) -> dict[str, Any]:
        """Erase a user (admin); returns the counts of what was found."""
        path = f"users/{requests.part(user_id)}"
        found: dict[str, Any] = self._send(requests.request(self.options, "DELETE", path))
        return found

    def _note(self, event: dict[str, Any]) -> None:
        self.waiting.add(event)
        if len(self.waiting.events) >= self.options.batch_size:
            self.flush()

    def _send(self, request: httpx.Request) -> Any:
        """Send a request, again after a pause where that may help."""
        tried = 0
        while True:
            answer, problem = None, None
            try:
                answer = self._http.send(request)
            except httpx.TransportError as error:
                problem = requests.unreachable(self.options, error)
            tried += 1
            if answer is not None and (answer.status_code not in AGAIN or tried >= self.options.tries):
                return requests.judged(answer)
            if problem is not None and tried >= self.options.tries:
                raise problem
            time.sleep(requests.pause(tried, answer))
