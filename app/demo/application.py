"""The application of the demo: the usual one, and the page of the tour."""

from fastapi import FastAPI

from app.demo.pages import NAME, TOUR
from app.main import default_app
from app.shell.shell import Shell


def demo_app() -> FastAPI:
    """The application with settings from the environment."""
    return with_tour(default_app())


def with_tour(app: FastAPI) -> FastAPI:
    """Add the page of the tour.

    Args:
        app: before its first request; it is changed.
    """
    app.state.shell = Shell({NAME: TOUR, **app.state.shell.pages})
    for router in TOUR.routers:
        app.include_router(router)
    return app
