"""Where workbooks come from: generated ones, or a person's own in a folder.

A source is one entry in ``SOURCES`` and one module with ``fingerprint(context)`` and ``fetch(context, folder)``.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from pipelines.use_case import Context
from script_shared.errors import InputError

SOURCES = {  # name: module, imported when it is used
    "generated": "pipelines.students.sources.generated",
    "workbooks": "pipelines.students.sources.workbooks",
}


class Source(Protocol):
    """The interface of a source's module."""

    def fingerprint(self, context: Context) -> str:
        """A text that changes when the source would give other workbooks."""

    def fetch(self, context: Context, folder: Path) -> dict[str, Any]:
        """Put the workbooks into the folder; return facts for people."""


def source_named(name: str) -> Source:
    """The source of that name.

    Args:
        name: one of ``SOURCES``.

    Raises:
        InputError: there is none.
    """
    if name not in SOURCES:
        raise InputError(f"there is no source {name!r}.", fix=f"Choose one of {', '.join(SOURCES)}.")
    return cast(Source, import_module(SOURCES[name]))
