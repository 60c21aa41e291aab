"""Checks before any program starts: problems that would make the start fail later."""

import ctypes

from pipelines.registry import use_cases
from script_shared.errors import UnavailableError
from script_shared.settings import Settings

LIBRARIES = {"libgomp.so.1": "libgomp1"}  # training needs it: its Debian package


def check_libraries() -> None:
    """Check for shared libraries that no Python package includes.

    Raises:
        UnavailableError: one is missing; the message says how it is installed.
    """
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            raise UnavailableError(
                f"The shared library {library} is missing.", fix=f"Install it: apt-get install {package}"
            ) from None


def check_configuration(settings: Settings) -> None:
    """Read the params of every use case, and look for the files of a source that reads from disk.

    Raises:
        SettingsError: a params file cannot be used.
        InputError: the source's path is not set, or files are missing there.
        SourceError: there is nothing at the source's path.
    """
    for case in use_cases(settings).values():
        context = case.context(settings, "check")
        if case.check is not None:
            case.function("check")(context)
