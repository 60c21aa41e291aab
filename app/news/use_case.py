"""The news use case as the API serves it."""

from pathlib import Path

from app.news.pages import front
from app.news.pages.words import WORDS
from app.news.releases.release_loader import NewsLoader
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
    rules,
    script,
    users,
)
from app.shell.pages import Pages
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
    rules,
    quarantine,
    live_state,
    script,
)
NEWS = AppUseCase(
    name="news",
    loader=NewsLoader.of,
    routers=tuple(module.router for module in MODULES),
    about="Recommends articles to users who are logged in, seen before, or unknown.",
    pages=Pages("news", Path(front.__file__).parent, WORDS, (front.router,)),
)
