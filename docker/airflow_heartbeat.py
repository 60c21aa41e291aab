"""Asks Airflow's database whether this container's job is alive; exit code 0 when it reported within a minute."""

import os
import socket
import sys

import psycopg2

ALIVE = """
SELECT count(*) FROM job
WHERE job_type = %s AND hostname LIKE %s AND state = 'running' AND latest_heartbeat > now() - interval '60 seconds'
"""


def main() -> int:
    address = os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    with psycopg2.connect(address, connect_timeout=3) as connection, connection.cursor() as cursor:
        cursor.execute(ALIVE, (sys.argv[1], f"{socket.gethostname()}%"))
        alive = cursor.fetchone() != (0,)
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main())
