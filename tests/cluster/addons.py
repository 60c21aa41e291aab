"""What a cluster needs besides its node: DNS, metrics for autoscaling, network policies, an operator's kinds."""

from pathlib import Path

from tests.cluster import node
from tests.cluster.machine import NODE, Machine, wait_until
from tests.cluster.plane import kubectl
from tests.cluster.programs import monitoring_kinds

OBJECTS = Path(__file__).parent / "objects"
IMAGES = {"pauta.local/coredns:1": "coredns", "pauta.local/metrics-server:1": "metrics-server"}
POLICIES = "pauta.local/policies:1"
AGENT = """\
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends iproute2 ipset iptables && rm -rf /var/lib/apt/lists/*
COPY kube-router /
ENTRYPOINT ["/kube-router"]
"""


def start(machine: Machine) -> float:
    """Start CoreDNS, metrics-server and the agent of the policies, and define the Prometheus operator's kinds.

    Returns:
        Seconds from the start of all pods to the first metrics.
    """
    for image, program in IMAGES.items():
        node.add_image(machine, image, program)
    node.add_image(machine, POLICIES, "kube-router", AGENT)
    for name in ("dns", "metrics", "policies"):
        kubectl(machine, "apply", "--filename", str(OBJECTS / f"{name}.yaml"))
    for file in monitoring_kinds():
        kubectl(machine, "apply", "--server-side", "--filename", str(file))
    rollout = ("--namespace", "kube-system", "rollout", "status", "--timeout", "180s")
    for what in ("deployment/coredns", "deployment/metrics-server", "daemonset/policies"):
        kubectl(machine, *rollout, what)
    return wait_until("metrics", 180, lambda: bool(kubectl(machine, "top", "node", NODE)))
