"""The events that users cause: numbered, dated on the release's clock, sent in small batches."""

import time
from collections import Counter
from typing import Any

from pipelines.traffic.site import Site
from script_shared.times import epoch_ms

BATCH = 20


class Events:
    """Collects events and sends them.

    Attributes:
        accepted: how many the API took; clicks: of each page, which is the trend; sent: of each kind.
    """

    def __init__(self, site: Site, run: str) -> None:
        self._site, self._run = site, run
        self._waiting: list[dict[str, Any]] = []
        self._base_ms: int | None = None
        self._started = time.monotonic()
        self._number = 0
        self.accepted = 0
        self.clicks: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()

    def set_clock(self) -> None:
        """The release is one of history: only events move its clock, second by second."""
        if now := self._site.get("/recommendations", num_recs=1).get("generated_at"):
            self._base_ms, self._started = epoch_ms(now), time.monotonic()

    def add(self, kind: str, page: str, reader: dict[str, str], **shown: Any) -> None:
        """Remember one event; a full batch is sent."""
        self._number += 1
        event = {"event_id": f"demo-{self._run}-{self._number}", "kind": kind, "page": page, **reader, **shown}
        if self._base_ms is not None:
            event["time"] = self._base_ms + round((time.monotonic() - self._started) * 1000)
        self._waiting.append(event)
        self.sent[kind] += 1
        if kind == "click":
            self.clicks[page] += 1
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Send what waits. What the API did not take is lost: these users are made up."""
        if self._waiting:
            answer = self._site.post("/events", self._waiting)
            self.accepted += answer.get("accepted", 0)
            self._waiting = []
            if self._base_ms is not None and not answer:
                self.set_clock()  # the service may have started again, or have switched to wall time
