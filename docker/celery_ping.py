"""Asks the Celery worker of this container for a sign of life; exit code 0 when it answers."""

import os
import socket
import sys

from celery import Celery


def main() -> int:
    worker = f"celery@{socket.gethostname()}"
    app = Celery(broker=os.environ["AIRFLOW__CELERY__BROKER_URL"])
    return 0 if app.control.inspect([worker], timeout=5).ping() else 1


if __name__ == "__main__":
    sys.exit(main())
