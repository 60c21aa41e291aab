"""StatsD lines as Airflow sent them in runs of the DAGs, one of each kind, and what statsd-exporter made of them."""

from pathlib import Path

from tests.monitoring.exporter import Exporter

HERE = Path(__file__).parent
MAPPING = HERE.parents[1] / "docker" / "statsd" / "mapping.yml"
LINES = (HERE / "airflow.statsd").read_text().splitlines()
RECORDED = (HERE / "airflow.prom").read_text()  # of the real program; buckets of one histogram only


def fed() -> Exporter:
    """An exporter that got every line once."""
    exporter = Exporter(MAPPING)
    exporter.feed(LINES)
    return exporter


def names() -> set[str]:
    """Every metric's name with its suffix."""
    return {name for name, _ in fed().values}
