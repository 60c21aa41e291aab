"""Checks before any program starts: problems that would make the start fail later."""

import ctypes
import socket

import psutil

from pipelines.raw_files.arrival import is_watched
from pipelines.registry import use_cases
from pipelines.supervisor.stack_settings import HOST, StackSettings
from script_shared.errors import InputError, SettingsError, UnavailableError
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

    A folder where files may arrive later need not hold them yet.

    Raises:
        SettingsError: a params file cannot be used.
        InputError: the source's path is not set, or files are missing there.
        SourceError: there is nothing at the source's path.
    """
    for case in use_cases(settings).values():
        context = case.context(settings, "check")
        try:
            if case.check is not None:
                case.function("check")(context)
        except InputError:
            if not is_watched(case, settings):
                raise


def check_ports(stack_settings: StackSettings) -> None:
    """Check that each port is free, so that the supervisor never waits for another program's server.

    Raises:
        SettingsError: one is taken; the message says by whom, and which variable chooses another.
    """
    wanted = {"airflow_port": ("Airflow", stack_settings.airflow_port), "port": ("the API", stack_settings.port)}
    for name, (who, port) in wanted.items():
        check_port(name, who, port)


def check_port(name: str, who: str, port: int, command: str = "make run") -> None:
    """Check that a port is free.

    Args:
        name: of its setting, without the prefix.
        who: the program that wants it, for the message.
        port: its number.
        command: what starts the program, for the message.

    Raises:
        SettingsError: it is taken; the message says by whom, and which variable chooses another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise SettingsError(
                f"Port {port} ({who}) is taken by {_owner(port)}.",
                fix=f"Stop that program, or choose another port: PAUTA_{name.upper()}={port + 10} {command}",
            ) from None


def _owner(port: int) -> str:
    """The process that listens on the port, if this user may see it."""
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        if listens and connection.pid:
            try:
                command = " ".join(psutil.Process(connection.pid).cmdline())[:80]
            except psutil.Error:
                command = "?"
            return f"process {connection.pid} ({command})"
    return "another user's process"
