"""Checks ports before anything starts, so that the supervisor never waits for another program's server."""

import socket

import psutil

from pipelines.supervisor.settings.stack_settings import HOST, StackSettings
from script_shared.errors import SettingsError


def check_ports(stack_settings: StackSettings) -> None:
    """See that each port is free.

    Raises:
        SettingsError: one is taken; the message says by whom, and which variable chooses another.
    """
    wanted = {"airflow_port": ("Airflow", stack_settings.airflow_port), "port": ("the API", stack_settings.port)}
    for name, (who, port) in wanted.items():
        if not _free(port):
            raise SettingsError(
                f"Port {port} ({who}) is taken by {_owner(port)}.",
                fix=f"Stop that program, or choose another port: PAUTA_{name.upper()}={port + 10} make run",
            )


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


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
