"""The news use case as the API serves it."""

from app.news.releases.release_loader import NewsLoader
from app.news.routes import (
    articles,
    catalog,
    corrections,
    events,
    export,
    front,
    lists,
    live_state,
    predict,
    quarantine,
    recommendations,
    script,
    users,
)
from app.use_case import AppUseCase

MODULES = (
    recommendations,
    predict,
    events,
    corrections,
    export,
    articles,
    lists,
    catalog,
    users,
    quarantine,
    live_state,
    front,
    script,
)
NEWS = AppUseCase(
    name="news",
    loader=NewsLoader.of,
    routers=tuple(module.router for module in MODULES),
    about="Recommends articles to users who are logged in, seen before, or unknown.",
    page="news",
)
