"""Airflow's database, as for the tests of the DAGs."""

from tests.pipelines.dags.conftest import airflow_database

__all__ = ["airflow_database"]
