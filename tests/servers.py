"""Starts real servers from Debian's packages for tests, on loopback, and ends them by pid."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with an empty database; yields its SQLAlchemy address. Skips where it is not installed."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    home, port = binaries[-1].parent, free_port()
    run_as = _postgres_user(folder)
    options = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, **run_as}
    subprocess.run([home / "initdb", "-D", folder / "db", "-A", "trust", "-U", "postgres", "-N"], **options)
    server = subprocess.Popen(
        [home / "postgres", "-D", folder / "db", "-p", str(port), "-k", folder, "-h", "127.0.0.1"],
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **run_as,
    )
    try:
        _wait_for_port(port, server)
        _wait_until_ready([home / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)])
        yield f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it waits for no client
        server.wait(300)


@contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """A MariaDB server with an empty database; yields its SQLAlchemy address. Skips where it is not installed."""
    server, install = (shutil.which(name, path=PATH) for name in ("mariadbd", "mariadb-install-db"))
    if not server or not install:
        pytest.skip("MariaDB is not installed: apt-get install mariadb-server")
    port, data = free_port(), folder / "db"
    owner = ["--user=root"] if os.getuid() == 0 else []
    command = [
        install,
        "--no-defaults",
        f"--datadir={data}",
        "--skip-test-db",
        "--auth-root-authentication-method=normal",
    ]
    subprocess.run([*command, *owner], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    files = [f"--datadir={data}", f"--socket={folder}/socket", f"--pid-file={folder}/pid", f"--port={port}"]
    options = ["--no-defaults", *files, "--bind-address=127.0.0.1", "--skip-grant-tables", "--skip-log-bin", *owner]
    process = subprocess.Popen([server, *options], stderr=subprocess.DEVNULL)
    try:
        _wait_for_port(port, process)
        yield f"mysql+pymysql://root@127.0.0.1:{port}/pauta"
    finally:
        process.terminate()
        process.wait(300)


def _postgres_user(folder: Path) -> dict[str, int]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    shutil.chown(folder, user.pw_uid, user.pw_gid)
    for parent in folder.parents:  # pytest makes its folders for root alone
        if parent == Path("/tmp") or parent == parent.parent:
            break
        parent.chmod(parent.stat().st_mode | 0o011)
    return {"user": user.pw_uid, "group": user.pw_gid}


def _wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(6000):
        if server.poll() is not None:
            pytest.fail(f"the server ended with code {server.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server did not open its port within 300 s")


def _wait_until_ready(command: list[str | Path]) -> None:
    """A server that has opened its port may still refuse everybody while it starts."""
    for _ in range(6000):
        if subprocess.run(command, check=False).returncode == 0:
            return
        time.sleep(0.05)
    pytest.fail("the server did not become ready within 300 s")
