"""The page of the tour as one part of the shell."""

from pathlib import Path

from app.demo import routes
from app.demo.chapter_view import NAME
from app.demo.words import WORDS
from app.pages import Pages

__all__ = ["NAME", "TOUR"]
TOUR = Pages(NAME, Path(__file__).parent, WORDS, (routes.router,))
