"""`make run`: Airflow and the API on one machine, started, watched and stopped together."""
