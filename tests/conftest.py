"""Airflow reads its home when it is imported: every test process gets a new one before anything can import it."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.strict import pytest_configure, pytest_runtest_teardown  # noqa: F401  hooks

ROOT = Path(__file__).parents[1]
DAGS = ROOT / "pipelines" / "dags"

LONGEST = (  # files by the time they take
    "tests/pipelines/supervisor/test_end_to_end.py",
    "tests/pipelines/test_killed_and_resumed.py",
    "tests/app/releases/test_swaps_under_clicks.py",
    "tests/pipelines/dags/test_runs.py",
    "tests/test_model/test_notebooks.py",
)

_home = tempfile.mkdtemp(prefix="pauta-airflow-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": _home,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "PAUTA_MLFLOW_URI": "off",  # but for the tests that are about it
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, then others with slow tests: so no worker is left alone with one at the end."""
    place = {str(ROOT / name): number for number, name in enumerate(LONGEST)}
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (place.get(str(item.path), len(place)), item.path not in slow))
