"""What the supervisor asks of Airflow and of the API over HTTP."""
