"""What statsd-exporter makes of StatsD lines by a mapping file; a test holds it to output of the real program.

Only what docker/statsd/mapping.yml uses: regular expressions, types, names, scales, dropping, buckets.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import yaml

LINE = re.compile(r"(?P<name>[^,:]+)(?P<tags>[^:]*):(?P<value>[^|]+)\|(?P<kind>c|g|ms)(\|@[\d.]+)?")
KINDS = {"c": "counter", "g": "gauge", "ms": "observer"}
Labels = tuple[tuple[str, str], ...]


class Exporter:
    """Counts lines as the mapping says.

    Attributes:
        values: by name and labels, as they are in ``/metrics``.
        unmapped: names for which no rule was found.
    """

    def __init__(self, mapping: Path) -> None:
        content = yaml.safe_load(mapping.read_text())
        self._rules = content["mappings"]
        self._buckets = content["defaults"]["histogram_options"]["buckets"]
        assert content["defaults"]["observer_type"] == "histogram"
        self._lock = threading.Lock()
        self.values: dict[tuple[str, Labels], float] = defaultdict(float)
        self.unmapped: set[str] = set()

    def feed(self, lines: Iterable[str]) -> None:
        for line in lines:
            match = LINE.fullmatch(line.strip())
            assert match, line
            labels = tuple(sorted(tuple(tag.split("=")) for tag in match["tags"].split(",") if tag))
            with self._lock:
                self._take(match["name"], KINDS[match["kind"]], labels, float(match["value"]))

    def _take(self, name: str, kind: str, labels: Labels, value: float) -> None:
        rule, metric = self._rule(name, kind)
        if rule is None:
            self.unmapped.add(name)
        elif rule.get("action") == "drop":
            return
        elif kind == "counter":
            self.values[metric, labels] += value
        elif kind == "gauge":
            self.values[metric, labels] = value
        else:
            self._observe(metric, labels, value / 1000 * rule.get("scale", 1))

    def _observe(self, metric: str, labels: Labels, seconds: float) -> None:
        for bound in [*map(str, self._buckets), "+Inf"]:
            self.values[f"{metric}_bucket", (*labels, ("le", bound))] += seconds <= float(bound)
        self.values[f"{metric}_sum", labels] += seconds
        self.values[f"{metric}_count", labels] += 1

    def _rule(self, name: str, kind: str) -> tuple[dict[str, Any] | None, str]:
        for rule in self._rules:
            match = re.match(rule["match"], name)
            if match and rule.get("match_metric_type", kind) == kind:
                filled = rule["name"].replace("${1}", match[1] if match.groups() else "")
                return rule, re.sub(r"[^a-zA-Z0-9_]", "_", filled)
        return None, ""

    def text(self) -> str:
        with self._lock:
            return "".join(_line(name, labels, number) for (name, labels), number in self.values.items())

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Serve ``/metrics`` on a port of its own."""
        exporter = self

        class Metrics(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(exporter.text().encode())

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Metrics) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield server.server_port
            finally:
                server.shutdown()
                thread.join()


def _line(name: str, labels: Labels, value: float) -> str:
    written = ",".join(f'{key}="{text}"' for key, text in labels)
    return f"{name}{{{written}}} {value}\n"
