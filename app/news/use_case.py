"""The news use case as the API serves it."""

from app.news.release_loader import NewsLoader
from app.news.routes import (
    articles,
    catalog,
    corrections,
    events,
    export,
    lists,
    live_state,
    predict,
    quarantine,
    recommendations,
    users,
)
from app.routes import script
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
    script,
)
NEWS = AppUseCase(name="news", loader=NewsLoader.of, routers=tuple(module.router for module in MODULES))
