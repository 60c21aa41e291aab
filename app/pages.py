"""What a use case declares about its pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from script_shared.people import Role

Words = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Pages:
    """The pages of a use case.

    Attributes:
        home: address of the first one, relative to the front page, such as ``students/page``.
        folder: has ``templates/`` (Jinja) and, if the pages need them, ``web/`` (styles and scripts).
        words: its texts by name, in English and Portuguese; ``name`` and ``about`` are for navigation and front page.
        routers: its routes; they are tried before the other routes of the use case.
        operations: its own tabs among the pages for operators, each with the lowest role that may open it. A tab's name
            is a word of those pages and the last part of its address, such as ``operations/news/quarantine``.
        shortcuts: links on the front page by address: the word that names the page, and the lowest role that sees it.
    """

    home: str
    folder: Path
    words: Words
    routers: tuple[APIRouter, ...]
    operations: Mapping[str, Role] = field(default_factory=dict)
    shortcuts: Mapping[str, tuple[str, Role]] = field(default_factory=dict)
