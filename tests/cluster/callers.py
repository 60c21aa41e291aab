"""Requests from pods: the service as another pod of the cluster sees it."""

import json
import subprocess
from dataclasses import dataclass

from tests.cluster.machine import Machine
from tests.cluster.plane import kubectl
from tests.deployment.report import CheckError

SERVICE = "http://news-api.news.svc:8001"
ASK = """\
import json, sys, time, urllib.error, urllib.request
address, seconds, pause = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
answers, refusals, errors, until, number = 0, 0, [], time.monotonic() + seconds, 0
while answers + len(errors) == 0 or time.monotonic() < until:
    number += 1
    try:
        with urllib.request.urlopen(address.replace("NUMBER", str(number)), timeout=10) as answer:
            answer.read()
            answers += 1
    except OSError as error:
        refusals += isinstance(error, urllib.error.HTTPError)
        errors.append(f"{time.strftime('%H:%M:%S')} {error}")
    time.sleep(pause)
print(json.dumps({"answers": answers, "refusals": refusals, "errors": errors}))
"""


@dataclass(frozen=True)
class Answers:
    """The results of a pod's requests.

    Attributes:
        answers: with status 200.
        refusals: with another status; they are among the errors.
        errors: time and reason of each request without one.
    """

    answers: int
    refusals: int
    errors: list[str]

    @property
    def reached(self) -> bool:
        """Whether a server answered at all.

        Raises:
            CheckError: its name was not found, so nothing was tried.
        """
        if any("Name or service" in error or "name resolution" in error for error in self.errors):
            raise CheckError(f"names do not work: {self.errors[0]}")
        return bool(self.answers or self.refusals)

    def need_all(self) -> None:
        """Fail unless every request was answered.

        Raises:
            CheckError: a request failed; the text has the first errors.
        """
        if self.errors or not self.answers:
            raise CheckError(f"{len(self.errors)} of {self.answers + len(self.errors)} failed: {self.errors[:3]}")


def ask(
    machine: Machine,
    path: str,
    *,
    seconds: float = 0,
    pause: float = 0.05,
    namespace: str = "ingress-nginx",
    service: str = SERVICE,
) -> Answers:
    """Send requests one after the other, at least one, from a pod of a namespace."""
    command = ("python", "-c", ASK, f"{service}{path}", str(seconds), str(pause))
    return _read(kubectl(machine, "--namespace", namespace, "exec", "caller", "--", *command))


def ask_meanwhile(machine: Machine, path: str, seconds: float, pause: float = 0.05) -> "subprocess.Popen[str]":
    """The same in the background; ``finish`` returns the answers."""
    command = [
        str(machine.programs / "kubectl"),
        "--kubeconfig",
        str(machine.kubeconfig),
        "--namespace",
        "ingress-nginx",
    ]
    command += ["exec", "caller", "--", "python", "-c", ASK, f"{SERVICE}{path}", str(seconds), str(pause)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(caller: "subprocess.Popen[str]") -> Answers:
    """Wait for a caller that runs in the background."""
    return _read(caller.communicate(timeout=600)[0])


def _read(said: str) -> Answers:
    """The line that the pod printed last."""
    return Answers(**json.loads(said.strip().splitlines()[-1]))
