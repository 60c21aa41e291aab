"""The stack under test: a clone of the repository, a Compose project with ports of its own, and commands in it."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).parents[2]
PORTS = ("PAUTA_PORT", "PAUTA_AIRFLOW_PORT", "PAUTA_GRAFANA_PORT")
PORTS += ("PAUTA_PROMETHEUS_PORT", "PAUTA_ALERTMANAGER_PORT", "PAUTA_MLFLOW_PORT")
Found = TypeVar("Found")


class StepFailedError(Exception):
    """What was to be seen was not seen."""


def need(held: object, message: str) -> None:
    """Fail the step with the message unless it held."""
    if not held:
        raise StepFailedError(message)


def wait_for(what: str, look: Callable[[], Found | None], seconds: float, pause: float = 1.0) -> Found:
    """What ``look`` finds first; an error on the way counts as not yet.

    Raises:
        StepFailedError: nothing was found in time.
    """
    until, reason = time.monotonic() + seconds, ""
    while time.monotonic() < until:
        try:
            found = look()
        except (OSError, ValueError, KeyError, StepFailedError) as error:
            found, reason = None, f" ({error})"
        if found:
            return found
        time.sleep(pause)
    raise StepFailedError(f"{what}: not within {seconds:.0f} s{reason}")


@dataclass
class Stack:
    """Where everything is. The folder stays between runs, so that single steps can be run again.

    Attributes:
        standins: folder with ``images.sh``, which makes stand-ins for base images where no registry is reachable.
        notes: figures for the tables: sizes, seconds, memory.
    """

    folder: Path = field(default_factory=lambda: Path(tempfile.gettempdir()) / f"pauta-verify-{os.getuid()}")
    project: str = "pauta-verify"
    standins: Path | None = None
    profiles: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if given := os.environ.get("PAUTA_STANDINS"):
            self.standins = Path(given).resolve()
        ports = self.folder / "ports.json"
        self.ports: dict[str, str] = json.loads(ports.read_text()) if ports.is_file() else {}
        if missing := [name for name in PORTS if name not in self.ports]:
            self.ports |= {name: str(_free_port()) for name in missing}
            ports.write_text(json.dumps(self.ports))

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def clone(self) -> None:
        """A clone as a careful person makes it: nothing in it can be read by others."""
        shutil.rmtree(self.checkout, ignore_errors=True)
        done = subprocess.run(
            ["sh", "-c", 'umask 077 && git clone --quiet --no-hardlinks "$0" "$1"', str(ROOT), str(self.checkout)],
            capture_output=True,
            text=True,
            check=False,
        )
        need(done.returncode == 0, done.stderr)

    def url(self, port: str) -> str:
        """Base address of what listens on that port setting."""
        return f"http://127.0.0.1:{self.ports[port]}"

    def compose(self, *arguments: str, seconds: float = 600, check: bool = True, stdin: str | None = None) -> str:
        """Run ``docker compose`` in the clone; its output."""
        profiles = [part for profile in self.profiles for part in ("--profile", profile)]
        return self.run("docker", "compose", *profiles, *arguments, seconds=seconds, check=check, stdin=stdin)

    def run(self, *command: str, seconds: float = 600, check: bool = True, stdin: str | None = None) -> str:
        """Run a command in the clone with the project's settings; its output.

        Raises:
            StepFailedError: it failed or took too long; the message ends with what it said last.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PAUTA_", "COMPOSE_"))}
        environment |= self.ports | self.settings | {"COMPOSE_PROJECT_NAME": self.project, "COMPOSE_ANSI": "never"}
        try:
            done = subprocess.run(
                command, cwd=self.checkout, env=environment, input=stdin, text=True, timeout=seconds, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise StepFailedError(f"{' '.join(command)}: took longer than {seconds:.0f} s") from error
        last = "\n".join(done.stdout.splitlines()[-15:])
        need(not check or done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}\n{last}")
        return done.stdout

    def containers(self) -> list[dict[str, Any]]:
        """Every container of the project, as ``docker compose ps`` tells it."""
        out = self.run("docker", "compose", "--profile", "*", "ps", "--all", "--format", "json")
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def sql(self, database: str, query: str) -> list[str]:
        """The lines that a query answers with."""
        psql = ("psql", "-U", "postgres", "-d", database, "-At", "-v", "ON_ERROR_STOP=1", "-c", query)
        return self.compose("exec", "-T", "postgres", *psql).splitlines()

    def secret(self, name: str) -> str:
        """One of the passwords that the first start made."""
        return self.compose("run", "--rm", "--no-deps", "-T", "secrets", "show", name).splitlines()[-1].strip()

    def make(self, target: str, *arguments: str, seconds: float = 1800) -> str:
        """Run a target of the Makefile; its output."""
        return self.run("make", target, *arguments, seconds=seconds)

    def up(self, *more: str, seconds: float = 1200) -> float:
        """Start everything and wait until all is healthy; the seconds it took."""
        started = time.monotonic()
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(int(seconds)), *more, seconds=seconds + 60)
        return time.monotonic() - started


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
