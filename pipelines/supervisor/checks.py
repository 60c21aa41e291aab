"""What would make a start fail later is looked at first, before any program runs."""

import ctypes
from importlib import import_module

from pipelines.registry import USE_CASES
from pipelines.runs import Run
from pipelines.use_case import Context, UseCase
from script_shared.errors import UnavailableError
from script_shared.params import load_params
from script_shared.settings import Settings

LIBRARIES = {"libgomp.so.1": "libgomp1"}  # training needs it: its Debian package
READ_FROM_DISK = ("local", "globo_clicks")  # sources that need PAUTA_SOURCE_PATH


def check_libraries() -> None:
    """See that the shared libraries are there that no Python package brings along.

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
    for case in USE_CASES.values():
        _check(case, settings)


def _check(case: UseCase, settings: Settings) -> None:
    params = load_params(case.params_kind, settings.params_file or case.params_file)
    if settings.source in READ_FROM_DISK:
        sources = import_module(f"pipelines.{case.name}.sources")  # takes most of a second, so only when needed
        context = Context(settings, params, Run(settings.data_dir / case.name, "check"))
        import_module(sources.SOURCES[settings.source]).fingerprint(context)
