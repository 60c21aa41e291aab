"""Step landing: the workbooks of the chosen source into the run's ``landing`` folder, each of them once."""

from pathlib import Path
from typing import Any

from pipelines.runs import MANIFEST
from pipelines.students.sources import source_named
from pipelines.use_case import Context
from script_shared.storage.local import digest_file

FOLDER = "workbooks"  # the files, below the step's folder


def landing(context: Context) -> dict[str, Any]:
    """Write the step ``landing``: every workbook once, however often and under whatever names it was put there.

    Args:
        context: the run, its settings, params and options.

    Returns:
        source, fingerprint, files (bytes by name, in the order in which they were last changed), same (names of the
        files that hold byte for byte what another one holds, and the name of that one), what the source adds.

    Raises:
        InputError: no such source, or there is no workbook.
        SourceError: the data is unavailable; TransientError if a retry may help.
    """
    source = source_named(context.source)
    with context.run.write("landing") as (folder, facts):
        workbooks = folder / FOLDER
        workbooks.mkdir()
        facts["fingerprint"] = source.fingerprint(context)  # before the copies: what comes meanwhile is new again
        facts |= source.fetch(context, workbooks)
        facts |= {"same": _remove_same(workbooks), "source": context.source}
        facts["files"] = {path.name: path.stat().st_size for path in in_order(workbooks)}
    return dict(facts)


def in_order(folder: Path) -> list[Path]:
    """The workbooks of a landing in the order in which they were last changed: a later one corrects an earlier one."""
    files = (path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
    return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _remove_same(folder: Path) -> dict[str, str]:
    """Remove files whose bytes an earlier one has."""
    seen: dict[str, str] = {}
    same = {}
    for path in in_order(folder):
        digest = digest_file(path).sha256
        if digest in seen:
            same[path.name] = seen[digest]
            path.unlink()
        else:
            seen[digest] = path.name
    return same


def fingerprint(context: Context) -> str:
    """A text that changes with the workbooks of the source.

    Args:
        context: its settings say where the workbooks are.

    Raises:
        PautaError: there are none, or their place does not answer.
    """
    return source_named(context.source).fingerprint(context)


def check(context: Context) -> None:
    """Look for the workbooks without copying them.

    Args:
        context: a run that need not exist, its settings and params.

    Raises:
        PautaError: the first run would fail.
    """
    source_named(context.source).fingerprint(context)
