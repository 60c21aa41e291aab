"""The objects of the chart, sent to the API server of a cluster as a dry run.

Only a namespace with two service accounts stays in the cluster: the server admits no pod of an unknown account.
The namespace enforces the Pod Security Standard ``restricted``.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.deployment.report import CheckError, Report

VARIABLE = "VERIFY_KUBECONFIG"
NAMESPACE = "news"
ACCOUNTS = ("news", "news-tasks")  # the chart names them after the release; with Spark, tasks have one of their own
SECONDS = 300


def kubectl(kubeconfig: str, *arguments: str) -> str:
    """What kubectl prints.

    Args:
        kubeconfig: a file with the address and the credentials of a cluster.
        arguments: for kubectl.

    Raises:
        CheckError: it failed; the text is what the server said.
    """
    command = ["kubectl", "--kubeconfig", kubeconfig, "--request-timeout", "30s", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CheckError(f"no answer within {SECONDS} s") from None
    if done.returncode:
        raise CheckError((done.stderr or done.stdout).strip()[:1500])
    return done.stdout


def dry_run(report: Report, files: dict[str, Path]) -> None:
    """Have the API server validate, default and admit every object, for each environment.

    Args:
        report: gets the results, or why there are none.
        files: the objects of each environment, of kinds that Kubernetes itself defines.
    """
    kubeconfig = os.environ.get(VARIABLE)
    if not kubeconfig:
        report.not_run("the API server of a cluster", f"{VARIABLE} names no kubeconfig")
        return
    if not shutil.which("kubectl"):
        report.not_run("the API server of a cluster", "kubectl is not installed: apt-get install kubernetes-client")
        return
    with report.check("API server") as found:
        version = json.loads(kubectl(kubeconfig, "version", "--output", "json"))["serverVersion"]["gitVersion"]
        found.append(str(version))
        names = kubectl(kubeconfig, "get", "namespaces", "--output", "name").split()
        if f"namespace/{NAMESPACE}" not in names:
            kubectl(kubeconfig, "create", "namespace", NAMESPACE)
            kubectl(kubeconfig, "label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
        accounts = kubectl(kubeconfig, "--namespace", NAMESPACE, "get", "serviceaccounts", "--output", "name").split()
        for account in ACCOUNTS:
            if f"serviceaccount/{account}" not in accounts:
                kubectl(kubeconfig, "--namespace", NAMESPACE, "create", "serviceaccount", account)
    for environment, file in files.items():
        with report.check(f"API server, dry run, {environment}") as found:
            flags = ("--server-side", "--force-conflicts", "--dry-run=server", "--filename", str(file))
            said = kubectl(kubeconfig, "apply", *flags)
            found.append(f"{len(said.strip().splitlines())} objects admitted")
