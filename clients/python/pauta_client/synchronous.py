"""The synchronous client."""

import time
from types import TracebackType
from typing import Any

import httpx

from pauta_client import requests
from pauta_client.answers import PautaError, Recommendations
from pauta_client.requests import Options
from pauta_client.waiting import AGAIN, UNPROCESSABLE, Waiting


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
        """Send a click; fields are those of ``POST /events``, such as ``user_id``, ``session`` and ``answer_id``.

        When a batch is full, it is sent before this returns: at most ``timeout_seconds``, with one try.

        Raises:
            PautaError: the API refused some events for good.
            TypeError: a field cannot be written as JSON.
        """
        self._note(requests.event("click", page, members))

    def impression(self, page: str, **members: Any) -> None:
        """Note that an article was shown."""
        self._note(requests.event("impression", page, members))

    def flush(self) -> None:
        """Send all events that wait; one bad event does not hold up the others.

        Raises:
            PautaError: the API did not accept some. Those that may be sent again still wait; those that it refused
                for good are dropped and counted in ``waiting.dropped``.
        """
        refusal: PautaError | None = None
        while self.waiting:
            try:
                self._send_batch(self.options.tries)
            except PautaError as error:
                if error.status != UNPROCESSABLE:
                    raise
                refusal = refusal or error
        if refusal is not None:
            raise refusal

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
        """Add an event, and send one full batch with one try, so that an unreachable API delays the caller little."""
        self.waiting.add(event)
        if len(self.waiting) < self.options.batch_size or self.waiting.rests:
            return
        try:
            self._send_batch(tries=1)
        except PautaError as error:
            if error.status not in AGAIN:
                raise

    def _send_batch(self, tries: int) -> None:
        batch = self.waiting.first(self.options.batch_size)
        if not batch:  # sent by another thread or task meanwhile
            return
        try:
            self._send(requests.events_request(self.options, batch), tries)
        except PautaError as error:
            self.waiting.failed(batch, error)
            raise
        self.waiting.sent(batch)

    def _send(self, request: httpx.Request, tries: int | None = None) -> Any:
        """Send a request, again after a pause where that may help."""
        tried, most = 0, tries or self.options.tries
        while True:
            answer, problem = None, None
            try:
                answer = self._http.send(request)
            except httpx.TransportError as error:
                problem = requests.unreachable(self.options, error)
            tried += 1
            if answer is not None and (answer.status_code not in AGAIN or tried >= most):
                return requests.judged(answer)
            if problem is not None and tried >= most:
                raise problem
            time.sleep(requests.pause(tried, answer))
