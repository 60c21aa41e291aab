"""The path a person named for a source that reads from disk."""

import stat
from pathlib import Path

from pipelines.use_case import Context
from script_shared.errors import InputError, SourceError
from script_shared.use_case_settings import variable


def given_path(context: Context, what: str, default: Path | None = None) -> Path:
    """The option's path, or the setting's.

    Args:
        context: ``source_path`` is the option's path, else the setting's.
        what: what should be there, for the messages.
        default: taken when neither is set and there is something at it.

    Raises:
        InputError: neither is set.
        SourceError: there is nothing at that path, or it cannot be read, or it is neither a file nor a folder.
    """
    path = context.source_path
    if path is None and default is not None and default.exists():
        path = default
    if path is None:
        setting = "PAUTA_SOURCE_PATH" if context.use_case == "news" else variable(context.use_case, "source_path")
        fix = f"Name it with --source-path, with {setting}, or as the DAG's source_path."
        raise InputError(f"no path of {what} was given.", fix=fix)
    _check(path, f"Name the path of {what}.")
    return path


def _check(path: Path, fix: str) -> None:
    """A file or folder is there; a pipe or a device would be read for ever."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceError(f"{path}: there is no such file or folder.", fix=fix) from error
    except (OSError, ValueError) as error:  # such as a loop of links, or no right to look
        raise SourceError(f"{path}: cannot be read ({getattr(error, 'strerror', error)}).", fix=fix) from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise SourceError(f"{path}: is neither a file nor a folder.", fix=fix)


def stamp(path: Path) -> str:
    """Size and time of change of a file: together with its name, enough to notice another file.

    Args:
        path: of an existing file.
    """
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"
