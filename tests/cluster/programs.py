"""The programs of the cluster, built from Go modules and kept between runs."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.deployment.report import CheckError

KUBERNETES = "1.37.2"
DEBIAN = {"etcd": "etcd-server", "runc": "runc", "conntrack": "conntrack", "ip": "iproute2"}
DEBIAN |= {"iptables": "iptables", "ipset": "ipset"}  # also for the rules of network policies
VERSION = "k8s.io/component-base/version"


@dataclass(frozen=True)
class Module:
    """A Go module, and those of its packages that are built as programs.

    Attributes:
        path: of the module.
        version: of the module.
        programs: name of each program and the package it is built from, relative to the module.
        static: whether it must run in an image without a C library.
    """

    path: str
    version: str
    programs: dict[str, str]
    static: bool = False


_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet", "kube-proxy")
MODULES = (
    Module("k8s.io/kubernetes", f"v{KUBERNETES}", {name: f"cmd/{name}" for name in _PLANE}),
    Module(
        "github.com/containerd/containerd/v2",
        "v2.4.2",
        {name: f"cmd/{name}" for name in ("containerd", "containerd-shim-runc-v2", "ctr")},
    ),
    Module(
        "github.com/containernetworking/plugins",
        "v1.10.0",
        {
            "ptp": "plugins/main/ptp",
            "host-local": "plugins/ipam/host-local",
            "loopback": "plugins/main/loopback",
            "portmap": "plugins/meta/portmap",
        },
    ),
    Module("helm.sh/helm/v3", "v3.22.0", {"helm": "cmd/helm"}),
    Module("github.com/coredns/coredns", "v1.15.0", {"coredns": ""}, static=True),
    Module("sigs.k8s.io/metrics-server", "v0.9.0", {"metrics-server": "cmd/metrics-server"}, static=True),
    Module("github.com/cloudnativelabs/kube-router/v2", "v2.1.0", {"kube-router": "cmd/kube-router"}, static=True),
)
OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
PAUSE = """\
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() { // the first process of each pod, which holds its network
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
}
"""


def missing() -> list[str]:
    """Debian packages that the cluster needs and this machine lacks, and ``golang`` if Go is missing."""
    lacking = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    return lacking + ([] if shutil.which("go") else ["golang"])


def build(folder: Path) -> Path:
    """Build every program that does not exist yet; the first time, this takes about 25 minutes on two cores.

    Args:
        folder: the programs are written to its folder ``bin``.

    Returns:
        The folder of the programs.

    Raises:
        CheckError: Go cannot fetch or compile a module.
    """
    (target := folder / "bin").mkdir(parents=True, exist_ok=True)
    for module in MODULES:
        if all((target / name).exists() for name in module.programs):
            continue
        source = folder / "modules" / module.path.replace("/", "_")
        source.mkdir(parents=True, exist_ok=True)
        (source / "go.mod").write_text(_go_mod(module))
        packages = [f"{module.path}/{package}".rstrip("/") for package in module.programs.values()]
        _go(source, "get", *(f"{package}@{module.version}" for package in packages))
        for name, package in zip(module.programs, packages, strict=True):
            _go(source, "build", "-ldflags", _flags(module), "-o", str(target / name), package, static=module.static)
    (source := folder / "modules" / "pause").mkdir(parents=True, exist_ok=True)
    (source / "main.go").write_text(PAUSE)
    _go(source, "build", "-o", str(target / "pause"), "main.go", static=True)
    return target


def monitoring_kinds() -> list[Path]:
    """Files that define ServiceMonitor and PrometheusRule, as the Prometheus operator publishes them."""
    folder = Path(json.loads(_go(Path.home(), "mod", "download", "-json", OPERATOR))["Dir"])
    names = ("servicemonitors", "prometheusrules")
    return [folder / "example" / "prometheus-operator-crd" / f"monitoring.coreos.com_{name}.yaml" for name in names]


def _flags(module: Module) -> str:
    """Linker flags, from which Kubernetes gets its version."""
    if module.path != "k8s.io/kubernetes":
        return "-s -w"
    major, minor, _ = KUBERNETES.split(".")
    values = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor}
    return "-s -w " + " ".join(f"-X {VERSION}.{key}={value}" for key, value in values.items())


def _go_mod(module: Module) -> str:
    """A go.mod file. Kubernetes replaces its own libraries by folders, which a module cannot do for another module.

    So this file replaces them by their published versions: v0.37.2 belongs to v1.37.2.
    """
    lines = [f"module cluster/{module.path}", "", "go 1.26.0"]
    if module.path == "k8s.io/kubernetes":
        said = _go(Path.home(), "mod", "download", "-json", f"{module.path}@{module.version}")
        for line in Path(json.loads(said)["GoMod"]).read_text().splitlines():
            if "=> ./staging/" in line:
                library = line.split()[0]
                lines.append(f"replace {library} => {library} v0{KUBERNETES[1:]}")
    return "\n".join(lines) + "\n"


def _go(folder: Path, *arguments: str, static: bool = False) -> str:
    """The output of a Go command."""
    variables = {**os.environ, **({"CGO_ENABLED": "0"} if static else {})}
    done = subprocess.run(["go", *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckError(f"go {' '.join(arguments)[:200]}: {done.stderr.strip()[-800:]}")
    return done.stdout
