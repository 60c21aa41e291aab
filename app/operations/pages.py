"""The pages for operators as one part of the shell."""

from pathlib import Path

from app.operations.case_page import NAME
from app.operations.routes import drift, experiments, moves, overview, record, releases, runs, start
from app.operations.words import WORDS
from app.pages import Pages

MODULES = (overview, record, releases, moves, runs, drift, experiments, start)
OPERATIONS = Pages(NAME, Path(__file__).parent, WORDS, tuple(module.router for module in MODULES))
