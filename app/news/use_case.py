"""The news use case as the API serves it."""

from pathlib import Path

from app.news import pages
from app.news.pages.editor import articles as editor_articles
from app.news.pages.editor import record, trending
from app.news.pages.editor import rules as editor_rules
from app.news.pages.editor_words import EDITOR_WORDS
from app.news.pages.operation_words import OPERATION_WORDS
from app.news.pages.routes import live, reader
from app.news.pages.routes import quarantine as quarantine_page
from app.news.pages.rule_words import RULE_WORDS
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
from app.pages import Pages
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
OPERATION_PAGES = (live, quarantine_page)
EDITOR_PAGES = (trending, editor_articles, editor_rules, record)
PAGES = (reader.pages, reader.data, *(module.router for module in (*EDITOR_PAGES, *OPERATION_PAGES)))
NEWS = AppUseCase(
    name="news",
    loader=NewsLoader.of,
    routers=tuple(module.router for module in MODULES),
    about="Recommends articles to users who are logged in, seen before, or unknown.",
    pages=Pages(
        "news",
        Path(pages.__file__).parent,
        {**EDITOR_WORDS, **RULE_WORDS, **OPERATION_WORDS, **WORDS},
        PAGES,
        {"live": "viewer", "quarantine": "operator"},
        {"news/editor": ("editor_pages", "viewer")},
    ),
)
