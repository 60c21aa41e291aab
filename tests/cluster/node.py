"""The node: containerd, the kubelet and kube-proxy, with a network of bridges on this machine."""

import json
import shlex
import shutil
import subprocess
from pathlib import Path

from tests.cluster.machine import ADDRESS, BRIDGE, DNS_SERVICE, NODE, PODS, Machine, run, wait_until
from tests.cluster.plane import FORWARDS, kubectl
from tests.deployment.report import CheckError

PAUSE = "pauta.local/pause:1"
POLICY_RULES = ("KUBE-ROUTER-", "KUBE-POD-FW-", "KUBE-NWPLCY-")  # in the names of kube-router's chains
KUBELET_RULES = ("KUBE-FIREWALL", "KUBE-KUBELET-CANARY", "KUBE-IPTABLES-HINT")  # chains that the kubelet leaves
KUBELET_TABLES = ("filter", "mangle", "nat")
POLICY_SETS = ("KUBE-SRC-", "KUBE-DST-", "kube-router-")
# On a virtual machine, containerd may not lower the OOM scores by which the kernel chooses the process to kill.
CONTAINERD = """\
version = 3
root = "{folder}/containerd"
state = "{folder}/containerd-state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "{pause}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["{programs}"]
  conf_dir = "{folder}/network"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
"""
ALONE = 'FROM scratch\nCOPY {program} /\nENTRYPOINT ["/{program}"]\n'
NETWORK = {
    "cniVersion": "1.0.0",
    "name": "pauta",
    "plugins": [
        {
            "type": "ptp",
            "ipMasq": True,
            "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": PODS, "gateway": ADDRESS}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}


def start(machine: Machine) -> float:
    """Start the node.

    Returns:
        Seconds until the node was ready.
    """
    folder = machine.folder
    (folder / "network").mkdir(exist_ok=True)
    (folder / "network" / "pauta.conflist").write_text(json.dumps(NETWORK))
    (folder / "containerd.toml").write_text(CONTAINERD.format(folder=folder, programs=machine.programs, pause=PAUSE))
    machine.start("containerd", "containerd", "--config", str(folder / "containerd.toml"))
    wait_until("containerd", 60, lambda: bool(ctr(machine, "version")))
    add_image(machine, PAUSE, "pause")
    (folder / "resolv.conf").write_text(f"nameserver {ADDRESS}\n")
    (folder / "kubelet.json").write_text(json.dumps(_kubelet(machine)))
    identity = ("--hostname-override", NODE, "--kubeconfig")
    places = ("--root-dir", str(folder / "kubelet"), "--cert-dir", str(folder / "kubelet-pki"), "--node-ip", ADDRESS)
    node = str(folder / "node.kubeconfig")
    machine.start("kubelet", "kubelet", "--config", str(folder / "kubelet.json"), *identity, node, *places)
    local = ("--bind-address", ADDRESS, "--healthz-bind-address", "127.0.0.1:10256")
    mode = ("--proxy-mode", "iptables", "--cluster-cidr", PODS, "--conntrack-max-per-core", "0")
    machine.start("proxy", "kube-proxy", *identity, str(machine.kubeconfig), *local, *mode)
    state = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
    return wait_until("the node", 120, lambda: kubectl(machine, "get", "node", NODE, "--output", state) == "True")


def _kubelet(machine: Machine) -> dict[str, object]:
    """Settings of the kubelet. Kubernetes refuses cgroup v1 unless ``failCgroupV1`` is false."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": ADDRESS,
        "failCgroupV1": False,
        "failSwapOn": False,
        "cgroupDriver": "cgroupfs",
        "containerRuntimeEndpoint": f"unix://{machine.folder}/containerd.sock",
        "resolvConf": str(machine.folder / "resolv.conf"),
        "clusterDNS": [DNS_SERVICE],
        "clusterDomain": "cluster.local",
        "tlsCertFile": str(machine.pki / "kubelet.crt"),
        "tlsPrivateKeyFile": str(machine.pki / "kubelet.key"),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(machine.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 99,
        "healthzPort": 0,
    }


def ctr(machine: Machine, *arguments: str, data: bytes | None = None) -> str:
    """The output of containerd's command in the kubelet's namespace."""
    socket = str(machine.folder / "containerd.sock")
    command = (str(machine.programs / "ctr"), "--address", socket, "--namespace", "k8s.io", *arguments)
    return run(machine.folder, *command, data=data)


def add_image(machine: Machine, image: str, program: str = "", dockerfile: str = ALONE) -> None:
    """Load an image from the Docker engine into the node; no registry is needed.

    Args:
        machine: of the cluster.
        image: its name.
        program: if it is not empty, first build the image with this program.
        dockerfile: for the program; by default, the image has only the program, which must be static.
    """
    if program:
        (context := machine.folder / "images" / program).mkdir(parents=True, exist_ok=True)
        shutil.copy(machine.programs / program, context / program)
        (context / "Dockerfile").write_text(dockerfile.format(program=program))
        run(context, "docker", "build", "--quiet", "--tag", image, ".")
    archive = machine.folder / "image.tar"
    run(machine.folder, "docker", "save", "--output", str(archive), image)
    ctr(machine, "images", "import", str(archive))
    archive.unlink()


def remove(machine: Machine) -> None:
    """Stop all containers, and remove the network of pods and Services from this machine."""
    quietly(machine, "kubectl", *_policies(machine))  # the agent removes its rules when it stops
    for name in ("kubelet", "proxy", "controllers"):
        machine.end(name)
    for task in _tasks(machine):
        quietly(
            machine, "ctr", "--address", f"{machine.folder}/containerd.sock", "-n", "k8s.io", "task", "rm", "-f", task
        )
    quietly(machine, "kube-proxy", "--cleanup")
    try:
        _remove_policies(machine.folder)
    except (CheckError, OSError) as error:
        print(f"while the cluster was removed: {error}")
    for rule in FORWARDS:
        quietly(machine, "iptables", "--delete", *rule)
    quietly(machine, "ip", "link", "delete", BRIDGE)


def _remove_policies(folder: Path) -> None:
    """Remove the rules and sets of network policies; kube-router's own command needs IPVS for that."""
    remove_chains(folder, "iptables", "filter", POLICY_RULES)
    for name in run(folder, "ipset", "list", "-name").split():
        if name.startswith(POLICY_SETS):
            run(folder, "ipset", "destroy", name)
    for command in ("iptables", "ip6tables"):
        for table in KUBELET_TABLES:
            remove_chains(folder, command, table, KUBELET_RULES)


def remove_chains(folder: Path, command: str, table: str, names: tuple[str, ...]) -> None:
    """Remove the chains of a table whose names begin with one of some names, and the rules that jump to them."""
    found = [shlex.split(line) for line in run(folder, command, "--table", table, "--list-rules").splitlines()]
    chains = [rule[1] for rule in found if rule[0] == "-N" and rule[1].startswith(names)]
    for rule in found:
        if rule[0] == "-A" and rule[1] not in chains and set(rule) & set(chains):
            run(folder, command, "--table", table, "--delete", *rule[1:])
    for option in ("--flush", "--delete-chain"):  # chains jump to each other, so all are emptied first
        for chain in chains:
            run(folder, command, "--table", table, option, chain)


def _policies(machine: Machine) -> tuple[str, ...]:
    """Options of kubectl that stop the agent of the network policies."""
    where = ("--kubeconfig", str(machine.kubeconfig), "--namespace", "kube-system")
    return *where, "delete", "daemonset", "policies", "--ignore-not-found", "--cascade=foreground", "--timeout=30s"


def _tasks(machine: Machine) -> list[str]:
    """Ids of the running containers; none if containerd does not answer, for example because it never started."""
    try:
        return ctr(machine, "tasks", "list", "--quiet").split()
    except (CheckError, OSError):
        return []


def quietly(machine: Machine, *command: str) -> None:
    """Run a command that may fail."""
    try:
        run(machine.folder, shutil.which(command[0], path=machine.path) or command[0], *command[1:])
    except (CheckError, OSError) as error:
        print(f"while the cluster was removed: {error}")


def unmount(folder: Path) -> None:
    """Unmount what containerd and the kubelet left mounted below the folder, the deepest first."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted((each for each in mounts if each.startswith(f"{folder}/")), key=len, reverse=True):
        subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)
