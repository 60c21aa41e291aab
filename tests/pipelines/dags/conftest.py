"""The DAGs as Airflow reads them, and a migrated database for the tests that run them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

from tests.conftest import DAGS

HERE = Path(__file__).parent
AIRFLOWS_OWN = (
    "ignore:GitWildMatchPattern:DeprecationWarning",  # when .airflowignore is read
    "ignore:Using .httpx. with .starlette.testclient.",  # when dag.test() starts the execution API
)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """What Airflow itself warns of does not fail the tests of the DAGs."""
    for item in items:
        if HERE in item.path.parents:
            for warning in AIRFLOWS_OWN:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session")
def dag_bag() -> DagBag:
    """All DAG files, read once."""
    return DagBag(dag_folder=str(DAGS))


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's database, made once in the home that tests/conftest.py chose."""
    from airflow.utils.db import initdb

    initdb()
