"""Airflow reads its home when it is imported: every test process gets a new one before anything can import it."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import certifi
import pytest
from hypothesis import HealthCheck, settings

from tests.strict import pytest_configure, pytest_runtest_teardown  # noqa: F401  hooks

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # no example fails because the machine is slow
ROOT = Path(__file__).parents[1]
collect_ignore = ["pipelines/kill_at"]  # Debian's Python has a module of the same name
DAGS = ROOT / "pipelines" / "dags"
THREADS = {  # workers of the suite fill the cores; threads of their libraries would only wait for each other
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}

LONGEST = (  # files by the time they take
    "tests/end_to_end/test_demo.py",
    "tests/pipelines/supervisor/test_end_to_end.py",
    "tests/pipelines/test_killed_and_resumed.py",
    "tests/app/releases/test_release_guard.py",
    "tests/pipelines/dags/test_runs.py",
    "tests/pipelines/dags/test_monitoring.py",
    "tests/pipelines/guard/test_verdict.py",
    "tests/pipelines/tracking/test_step.py",
    "tests/test_model/test_notebooks.py",
    "tests/app/test_kill.py",
)

_home = tempfile.mkdtemp(prefix="pauta-airflow-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)


def _one_authority() -> str:
    """A file of one certificate authority: no test uses TLS, and each HTTP client reads all of them in 40 ms."""
    whole, end = Path(certifi.where()).read_text(encoding="ascii", errors="ignore"), "-----END CERTIFICATE-----\n"
    file = Path(_home) / "authority.pem"
    file.write_text(whole[: whole.index(end) + len(end)], encoding="ascii")
    return str(file)


for _name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": _home,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "PAUTA_MLFLOW_URI": "off",  # but for the tests that are about it
    "SSL_CERT_FILE": _one_authority(),
    **THREADS,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, then others with slow tests: so no worker is left alone with one at the end."""
    place = {str(ROOT / name): number for number, name in enumerate(LONGEST)}
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (place.get(str(item.path), len(place)), item.path not in slow))
