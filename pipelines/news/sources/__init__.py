"""Step download: raw data of the chosen source into the run's ``raw`` folder.

A source is one entry in ``SOURCES`` and one module with ``fingerprint(context)`` and ``fetch(context, folder)``.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from pipelines.news.event_parts import FOLDER as EVENTS
from pipelines.news.sources.event_log import export_events
from pipelines.raw_files.links import earlier_raw, link_tree, sizes
from pipelines.use_case import Context
from script_shared.errors import InputError

SOURCES = {  # name: module, imported when it is used
    "sample": "pipelines.news.sources.sample",
    "local": "pipelines.news.sources.local",
    "files": "pipelines.news.sources.files",
    "gdrive": "pipelines.news.sources.gdrive",
    "globo_clicks": "pipelines.news.sources.globo_clicks",
}
READ_FROM_DISK = ("local", "globo_clicks")  # they need a path; "files" looks for itself


class Source(Protocol):
    """The interface of a source's module."""

    def fingerprint(self, context: Context) -> str:
        """A text that changes when the source would give other files."""

    def fetch(self, context: Context, folder: Path) -> dict[str, Any]:
        """Write the files into the folder; returns facts for people."""


def download(context: Context) -> dict[str, Any]:
    """Write the step ``raw``: fetch the source's files, or link those of an earlier run whose input was the same.

    Beside them, in ``events/``, what the event log holds; see ``export_events``.

    Args:
        context: the run, its settings, params and options; ``options.refresh`` fetches again what has not changed.

    Returns:
        source, fingerprint, files (path and bytes of each), what the source adds or ``reused_from``, what was done
        about the events.

    Raises:
        InputError: no such source, or its input is not laid out as it should be.
        SourceError: the data is unavailable; TransientError if a retry may help.
    """
    name = context.source
    source = _source(name)
    fingerprint = source.fingerprint(context)
    earlier = None if context.options.refresh else earlier_raw(context.run.root, fingerprint, without=EVENTS)
    with context.run.write("raw") as (folder, facts):
        if earlier:
            link_tree(earlier.folder("raw"), folder, earlier.facts("raw")["files"])
            facts["reused_from"] = earlier.run_id
        else:
            facts |= source.fetch(context, folder)
        facts |= {"source": name, "fingerprint": fingerprint, "files": sizes(folder)}
        facts |= export_events(context, folder)
    return facts


def check(context: Context) -> None:
    """Look for the files of a source that reads from disk, before anything is started.

    Args:
        context: a run that need not exist, its settings and params.

    Raises:
        InputError: the source's path is not set, or files are missing there.
        SourceError: there is nothing at the source's path.
    """
    if context.source in READ_FROM_DISK:
        _source(context.source).fingerprint(context)


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise InputError(f"there is no source {name!r}.", fix=f"Choose one of {', '.join(SOURCES)}.")
    return cast(Source, import_module(SOURCES[name]))
