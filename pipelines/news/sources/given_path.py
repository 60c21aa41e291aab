"""The path a person named for a source that reads from disk."""

from pathlib import Path

from pipelines.use_case import Context
from script_shared.errors import InputError, SourceError


def given_path(context: Context, what: str, default: Path | None = None) -> Path:
    """The option's path, or the setting's.

    Args:
        what: what should be there, for the messages.
        default: taken when neither is set and there is something at it.

    Raises:
        InputError: neither is set.
        SourceError: there is nothing at that path.
    """
    path = context.options.source_path or context.settings.source_path
    if path is None and default is not None and default.exists():
        path = default
    if path is None:
        fix = "Name it with --source-path, with PAUTA_SOURCE_PATH, or as the DAG's source_path."
        raise InputError(f"no path of {what} was given.", fix=fix)
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder.", fix=f"Name the path of {what}.")
    return path


def stamp(path: Path) -> str:
    """Size and time of change of a file: together with its name, enough to notice another file."""
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"
