"""Airflow reads its home when it is imported: every test process gets a new one before anything can import it."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DAGS = Path(__file__).parents[1] / "pipelines" / "dags"

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
