"""Figures of each use case in a JSON file of the folder of evaluations; read again when a file changed."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

log = logging.getLogger("pauta.metrics")
Figures = dict[str, Any]


class JsonFigures(Collector):
    """Base of gauges over ``<use case>/<file>`` below the folder of evaluations; a subclass has ``collect``.

    Args:
        folder: None for no figures.
        file: name of the file.
        checked: returns the content of a file, or raises ValueError, KeyError or TypeError where something is missing.

    Attributes:
        by_use_case: the newest content of each file.
    """

    def __init__(self, folder: Path | None, file: str, checked: Callable[[Figures], Figures]) -> None:
        self.by_use_case: dict[str, Figures] = {}
        self._folder, self._file, self._checked = folder, file, checked
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._text, self._version, self._written = b"", 0, -1
        self._lock = Lock()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """In Prometheus' text format; a file that cannot be read keeps its last figures."""
        with self._lock:
            self._read_changed()
            if self._version != self._written:  # also when a request for figures read the change
                self._text, self._written = generate_latest(self._registry), self._version
            return self._text

    def figures(self, use_case: str) -> Figures | None:
        """The newest figures of a use case, as in its file; None without any."""
        with self._lock:
            self._read_changed()
            return self.by_use_case.get(use_case)

    def _read_changed(self) -> None:
        """Read the files that changed, and forget those that are gone: nothing could be measured the last time."""
        for path in [path for path in self._stamps if not path.exists()]:
            del self._stamps[path]
            self.by_use_case.pop(path.parent.name, None)
            self._version += 1
        for path in sorted(self._folder.glob(f"*/{self._file}")) if self._folder is not None else ():
            try:
                stat = path.stat()
                stamp = (stat.st_mtime_ns, stat.st_size)
                if self._stamps.get(path) == stamp:
                    continue
                self._stamps[path] = stamp
                self.by_use_case[path.parent.name] = self._checked(json.loads(path.read_text(encoding="utf-8")))
                self._version += 1
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("%s could not be read (%s)", path, type(error).__name__)
