"""The folder of the cluster on this machine, its processes and its keys."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.deployment.report import CheckError

ADDRESS = "10.99.0.1"  # of this machine on the pods' bridge
PODS = "10.99.0.0/24"
SERVICES = "10.98.0.0/24"
API_SERVICE, DNS_SERVICE = "10.98.0.1", "10.98.0.10"
BRIDGE = "pauta0"
NODE = "one"
KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: pauta
clusters: [{{name: pauta, cluster: {{server: "https://{address}:6443", certificate-authority: {pki}/ca.crt}}}}]
users: [{{name: {name}, user: {{client-certificate: {pki}/{name}.crt, client-key: {pki}/{name}.key}}}}]
contexts: [{{name: pauta, context: {{cluster: pauta, user: {name}}}}}]
"""
SERVED_AS = f"IP:{ADDRESS},IP:{API_SERVICE},DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
CERTIFICATES = {  # name: subject, extension
    "apiserver": ("/CN=apiserver", f"subjectAltName={SERVED_AS}"),
    "kubelet": (f"/CN={NODE}", f"subjectAltName=IP:{ADDRESS},DNS:{NODE}"),
    "admin": ("/O=system:masters/CN=admin", "extendedKeyUsage=clientAuth"),
    "node": (f"/O=system:nodes/CN=system:node:{NODE}", "extendedKeyUsage=clientAuth"),
    "front": ("/CN=front-proxy", "extendedKeyUsage=clientAuth"),
}


@dataclass(frozen=True)
class Machine:
    """Where the files of the cluster are.

    Attributes:
        folder: with keys, logs, data and process ids; removed at the end.
        programs: folder of the programs that ``programs.build`` built; kept.
    """

    folder: Path
    programs: Path

    @property
    def kubeconfig(self) -> Path:
        """The credentials of the cluster's administrator."""
        return self.folder / "admin.kubeconfig"

    @property
    def pki(self) -> Path:
        """The folder of keys and certificates."""
        return self.folder / "pki"

    @property
    def path(self) -> str:
        """The search path for programs."""
        return f"{self.programs}:/usr/sbin:{os.environ['PATH']}"

    def start(self, name: str, program: str, *options: str) -> None:
        """Start a program in the background; its log is ``log/NAME``."""
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        variables = {**os.environ, "PATH": self.path}
        with (self.folder / "log" / name).open("wb") as log:
            process = subprocess.Popen(
                [shutil.which(program, path=self.path) or program, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=variables,
                start_new_session=True,
            )
        (self.folder / f"{name}.pid").write_text(str(process.pid))

    def end(self, name: str) -> None:
        """Stop a process that was started, if it is running."""
        file = self.folder / f"{name}.pid"
        if not file.exists():
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid := int(file.read_text()), number)
                _wait_for_end(pid, 20)
            except ProcessLookupError:
                break
        file.unlink()

    def remove(self) -> None:
        """Stop every process that was started, the last one first, and remove the folder."""
        for file in sorted(self.folder.glob("*.pid"), key=lambda file: file.stat().st_mtime, reverse=True):
            self.end(file.stem)
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_keys(self) -> None:
        """Create a certificate authority, the programs' certificates and the kubeconfigs; valid for a month."""
        self.pki.mkdir(parents=True, exist_ok=True)
        run(self.pki, "openssl", "genrsa", "-out", "accounts.key", "2048")
        new = ("-newkey", "rsa:2048", "-nodes")
        run(
            self.pki,
            "openssl",
            "req",
            "-x509",
            *new,
            "-keyout",
            "ca.key",
            "-out",
            "ca.crt",
            "-days",
            "30",
            "-subj",
            "/CN=ca",
        )
        for name, (subject, extension) in CERTIFICATES.items():
            run(self.pki, "openssl", "req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
            (self.pki / f"{name}.ext").write_text(extension)
            signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", f"{name}.ext")
            run(self.pki, "openssl", "x509", "-req", "-in", f"{name}.csr", *signed, "-out", f"{name}.crt")
        for name in ("admin", "node"):
            file = self.folder / f"{name}.kubeconfig"
            file.write_text(KUBECONFIG.format(address=ADDRESS, pki=self.pki, name=name))
            file.chmod(0o600)


def _wait_for_end(pid: int, seconds: float) -> None:
    """Wait until a process has ended, for at most some seconds.

    Raises:
        ProcessLookupError: it has ended.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                raise ProcessLookupError
        except ChildProcessError:
            os.kill(pid, 0)
        time.sleep(0.1)


def run(folder: Path, *command: str, data: bytes | None = None) -> str:
    """The output of a command.

    Raises:
        CheckError: it failed; the text is the end of its output.
    """
    done = subprocess.run(command, cwd=folder, input=data, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise CheckError(f"{Path(command[0]).name} {' '.join(command[1:3])}: {said[-800:]}")
    return done.stdout.decode(errors="replace")


def wait_until(what: str, seconds: float, holds: Callable[[], bool]) -> float:
    """Wait for a condition; if a command fails, the condition is not met yet.

    Returns:
        The seconds until the condition was met.

    Raises:
        CheckError: the condition was not met in time.
    """
    start, reason = time.monotonic(), ""
    while time.monotonic() < start + seconds:
        try:
            if holds():
                return time.monotonic() - start
        except (CheckError, ValueError, KeyError, IndexError, OSError) as error:
            reason = f": {error}"
        time.sleep(0.5)
    raise CheckError(f"{what}: not within {seconds:.0f} s{reason}")
