"""Asks a running API for lists without a pause, also while releases are trained and swapped."""

from threading import Event, Thread
from types import TracebackType

import httpx

LENGTH = 10
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 60.0


class Patrol:
    """Strangers who ask for a list twice a second, in a thread of its own; used as a context.

    Args:
        address: of the API.

    Attributes:
        lists: asked for.
        failed: of them, without an answer of 200 within a minute, or without items.
        slowest: seconds of the slowest answer.
    """

    def __init__(self, address: str) -> None:
        self.lists, self.failed, self.slowest = 0, 0, 0.0
        self._address, self._over = address, Event()
        self._thread = Thread(target=self._walk, daemon=True)

    def __enter__(self) -> "Patrol":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(2 * TIMEOUT_SECONDS)

    def _walk(self) -> None:
        with httpx.Client(base_url=self._address, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            while not self._over.wait(PAUSE_SECONDS):
                self._ask(client)

    def _ask(self, client: httpx.Client) -> None:
        self.lists += 1
        query = {"session": f"patrol-{self.lists}", "num_recs": str(LENGTH)}
        try:
            answer = client.get("/recommendations", params=query)
            self.failed += answer.status_code != 200 or not answer.json()["items"]
            self.slowest = max(self.slowest, answer.elapsed.total_seconds())
        except (httpx.HTTPError, ValueError, KeyError):
            self.failed += 1
