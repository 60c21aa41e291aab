"""What each process that answers runs first: it is to end with the process that started it."""

from fastapi import FastAPI

from script_shared import parent


def worker_app() -> FastAPI:
    """The application in a worker process, which gets SIGTERM when its parent ends; what is large is imported later."""
    parent.end_with_named_parent()
    from app.main import default_app

    return default_app()
