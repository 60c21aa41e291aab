"""The control plane: etcd, the API server, the controllers and the scheduler, only on the pods' bridge."""

import subprocess

from tests.cluster.machine import ADDRESS, BRIDGE, PODS, SERVICES, Machine, run, wait_until

# Docker drops packets that are forwarded between other interfaces than its own.
FORWARDS = tuple(("FORWARD", option, PODS, "--jump", "ACCEPT") for option in ("--source", "--destination"))
ETCD = "http://127.0.0.1:2379"


def start(machine: Machine) -> float:
    """Create the bridge and the keys, and start the control plane.

    Returns:
        Seconds until the API server was ready.
    """
    if subprocess.run(["ip", "link", "show", BRIDGE], capture_output=True, check=False).returncode:
        run(machine.folder, "ip", "link", "add", BRIDGE, "type", "bridge")
        run(machine.folder, "ip", "address", "add", f"{ADDRESS}/32", "dev", BRIDGE)
        run(machine.folder, "ip", "link", "set", BRIDGE, "up")
        # Without this route, a request to a Service without pods would leave the machine.
        run(machine.folder, "ip", "route", "add", SERVICES, "dev", BRIDGE)
        for rule in FORWARDS:  # after the rules of kube-proxy, which refuse such requests
            run(machine.folder, "iptables", "--append", *rule)
    machine.make_keys()
    listen = (
        "--listen-client-urls",
        ETCD,
        "--advertise-client-urls",
        ETCD,
        "--listen-peer-urls",
        "http://127.0.0.1:2380",
    )
    machine.start("etcd", "etcd", "--data-dir", str(machine.folder / "etcd"), *listen)
    machine.start("api-server", "kube-apiserver", *_api_server(machine))
    seconds = wait_until("the API server", 180, lambda: kubectl(machine, "get", "--raw", "/readyz") == "ok")
    alone = ("--kubeconfig", str(machine.kubeconfig), "--leader-elect=false", "--bind-address=127.0.0.1")
    machine.start("controllers", "kube-controller-manager", *alone, *_controllers(machine))
    machine.start("scheduler", "kube-scheduler", *alone)
    return seconds


def kubectl(machine: Machine, *arguments: str, data: str | None = None) -> str:
    """The output of kubectl, run as the cluster's administrator."""
    command = (str(machine.programs / "kubectl"), "--kubeconfig", str(machine.kubeconfig), *arguments)
    return run(machine.folder, *command, data=None if data is None else data.encode())


def _api_server(machine: Machine) -> list[str]:
    """Options of the API server: certificates for every client, RBAC, and the proxy to metrics-server."""
    keys = {
        "tls-cert-file": "apiserver.crt",
        "tls-private-key-file": "apiserver.key",
        "client-ca-file": "ca.crt",
        "service-account-key-file": "accounts.key",
        "service-account-signing-key-file": "accounts.key",
        "kubelet-client-certificate": "admin.crt",
        "kubelet-client-key": "admin.key",
        "kubelet-certificate-authority": "ca.crt",
        "requestheader-client-ca-file": "ca.crt",
        "proxy-client-cert-file": "front.crt",
        "proxy-client-key-file": "front.key",
    }
    return [
        *(f"--{option}={machine.pki / file}" for option, file in keys.items()),
        f"--etcd-servers={ETCD}",
        f"--service-cluster-ip-range={SERVICES}",
        f"--bind-address={ADDRESS}",
        f"--advertise-address={ADDRESS}",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        "--enable-aggregator-routing=true",
        "--kubelet-preferred-address-types=InternalIP",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    ]


def _controllers(machine: Machine) -> list[str]:
    """Options of the controllers: service accounts, and autoscaling every 10 s."""
    return [
        f"--service-account-private-key-file={machine.pki / 'accounts.key'}",
        f"--root-ca-file={machine.pki / 'ca.crt'}",
        "--use-service-account-credentials",
        "--horizontal-pod-autoscaler-sync-period=10s",
    ]
