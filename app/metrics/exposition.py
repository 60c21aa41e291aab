"""The text formats of ``/metrics``: Prometheus' own, and OpenMetrics, which also carries exemplars."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

END = b"# EOF\n"
MEDIA_TYPES = {False: CONTENT_TYPE_LATEST, True: openmetrics.CONTENT_TYPE_LATEST}  # by whether it is OpenMetrics


def is_openmetrics_wanted(accept: str) -> bool:
    """Whether a scrape understands OpenMetrics.

    Args:
        accept: its header of that name.
    """
    return "application/openmetrics-text" in accept


def exposition(registry: Collector, texts: Iterable[bytes], *, exemplars: bool) -> bytes:
    """Metrics as text.

    Args:
        registry: the metrics that change all the time.
        texts: gauges that are already text, in Prometheus' format; both formats are the same for gauges.
        exemplars: write OpenMetrics with exemplars; else Prometheus' own format.
    """
    if not exemplars:
        return b"".join([generate_latest(registry), *texts])
    return b"".join([openmetrics.generate_latest(registry).removesuffix(END), *texts, END])


class SharedText:
    """A text that is written once at a time; callers that arrive during a write share the next one.

    Args:
        write: makes the text.
    """

    def __init__(self, write: Callable[[], Awaitable[bytes]]) -> None:
        self._write = write
        self._writing, self._begun, self._text = asyncio.Lock(), 0, b""

    async def get(self) -> bytes:
        """The text; its writing began after this call."""
        begun = self._begun
        async with self._writing:
            if self._begun == begun:
                self._begun += 1
                self._text = await self._write()
            return self._text
