"""Where vacancies, candidates and applications come from.

A source is one entry in ``SOURCES`` and one module with ``fingerprint(context)`` and ``fetch(context, folder)``, which
writes the three raw tables: texts under the names of the refined columns, without personal data.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from pipelines.use_case import Context
from script_shared.errors import InputError

SOURCES = {  # name: module, imported when it is used
    "generated": "pipelines.recruiting.sources.generated",
    "json": "pipelines.recruiting.sources.json_files",
    "download": "pipelines.recruiting.sources.download",
    "files": "pipelines.recruiting.sources.files",
    "parquet": "pipelines.recruiting.sources.parquet",
}


class Source(Protocol):
    """The interface of a source's module."""

    def fingerprint(self, context: Context) -> str:
        """A text that changes when the source would give other data."""

    def fetch(self, context: Context, folder: Path) -> dict[str, Any]:
        """Write the raw tables into the folder; return facts for people."""


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
