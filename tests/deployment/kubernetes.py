"""Checks of the Helm chart without a cluster: ``python -m tests.deployment.kubernetes [--programs]``.

It runs in a virtual environment of its own (``make verify-kubernetes``), with Helm as a library, JSON
schemas of several versions of Kubernetes, and Checkov's policies. ``--programs`` also builds kubeconform with Go.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import yaml

from tests.deployment.control_plane import dry_run
from tests.deployment.report import CheckError, Report

ROOT = Path(__file__).parents[2]
CHART = ROOT / "docker" / "kubernetes"
ENVIRONMENTS = ("dev", "staging", "prod")
VERSIONS = ("1.35.0", "1.36.0", "1.37.0")
KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
WITHOUT_SCHEMA = {"ServiceMonitor", "PrometheusRule"}  # defined by the Prometheus operator, not by Kubernetes
OF_THE_CLUSTER = {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}  # they have no namespace
REFUSED: tuple[tuple[dict[str, Any], str], ...] = (  # values on top of prod's, and a word of the refusal
    ({"data": {"enabled": False}}, "data.enabled"),
    ({"modelsUri": "/opt/pauta/script_shared/models"}, "modelsUri"),
    ({"secrets": {"api": ["PAUTA_EVENTS_URI"]}}, "PAUTA_EVENTS_KEY"),
    ({"spark": {"enabled": True}, "data": {"enabled": False}}, "spark.enabled"),
    ({"env": "live"}, "no environment"),
)
PODS = ("pod.yaml", "executor.yaml")  # keys of ConfigMaps
TOKEN = ("CKV_K8S_38", "Pod.news.task")
SPARK = "prod with Spark"  # production, with executors of Spark in pods
NOT_OURS = {  # policies that the chart leaves out on purpose
    "CKV_K8S_11": "limits of CPU: a throttled process answers late",
    "CKV_K8S_15": "pull policy Always: tags of versions do not move",
    "CKV_K8S_35": "secrets as files: the settings come from variables",
    "CKV_K8S_43": "images by digest: `image.tag` takes one",
}


def chart_without_dependency(folder: Path) -> Path:
    """A copy of the chart; Airflow's own chart stays in it where somebody fetched it."""
    copy = folder / "pauta"
    shutil.copytree(CHART, copy)
    if not (copy / "charts").is_dir():
        meta = yaml.safe_load((copy / "Chart.yaml").read_text())
        del meta["dependencies"]
        (copy / "Chart.yaml").write_text(yaml.safe_dump(meta))
    return copy


def values_of(environment: str) -> dict[str, Any]:
    """Values of one environment, on top of the chart's own."""
    found: dict[str, Any] = yaml.safe_load((CHART / "environments" / f"{environment}.yaml").read_text())
    return found


def objects_of(chart: Path, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What Helm makes of the chart, and the pods of tasks and of executors of Spark, which are inside ConfigMaps."""
    with helm_python.Chart.load(str(chart)) as loaded:
        files = loaded.render(values, name="news", namespace="news")
    texts = [text for name, text in files.items() if name.endswith(".yaml")]
    found = [each for text in texts for each in yaml.safe_load_all(text) if each]
    kept = [text for each in found for name, text in each.get("data", {}).items() if name in PODS]
    pods = [yaml.safe_load(text) for text in kept]
    for each in (*found, *pods):
        if each["kind"] not in OF_THE_CLUSTER:
            each["metadata"].setdefault("namespace", "news")
    return [*found, *pods]


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both, the second one first, as Helm merges files of values."""
    both = {name: merged(below.get(name) or {}, value) for name, value in above.items() if isinstance(value, dict)}
    return below | above | both


def lint(report: Report, chart: Path) -> None:
    """Helm's own checks with each file of values."""
    for environment in ENVIRONMENTS:
        with report.check(f"helm lint, {environment}") as found:
            said = helm_python.lint(str(chart), values_of(environment))
            bad = [each["error"] for each in said["messages"] if each["severity"] > 1] + list(said["errors"])
            if bad:
                raise CheckError("; ".join(map(str, bad)))
            found.append(f"Helm {helm_python.helm_sdk_version()}")


def render(report: Report, chart: Path, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Objects of each environment, also written as files of the folder."""
    made, values = {}, {environment: values_of(environment) for environment in ENVIRONMENTS}
    values[SPARK] = merged(values_of("prod"), {"spark": {"enabled": True}})
    for environment, given in values.items():
        with report.check(f"helm template, {environment}") as found:
            try:
                made[environment] = objects_of(chart, given)
            except helm_python.HelmError as error:
                raise CheckError(str(error)) from None
            (folder / f"{environment}.yaml").write_text(yaml.safe_dump_all(made[environment]))
            found.append(f"{len(made[environment])} objects")
    return made


def refuse(report: Report, chart: Path) -> None:
    """Values that production must not be installed with."""
    for values, word in REFUSED:
        with report.check(f"prod refuses {json.dumps(values)[:60]}"[:34]) as found:
            try:
                objects_of(chart, merged(values_of("prod"), values))
            except helm_python.HelmError as error:
                if word not in str(error):
                    raise CheckError(str(error)) from None
                found.append(word)
            else:
                raise CheckError("the chart was rendered")


def validate(report: Report, made: dict[str, list[dict[str, Any]]]) -> None:
    """Every object against the schemas of each version, unknown fields refused."""
    for version in VERSIONS:
        with report.check(f"schemas of Kubernetes {version}") as found:
            count = 0
            for each in (each for objects in made.values() for each in objects if each["kind"] not in WITHOUT_SCHEMA):
                try:
                    kubernetes_validate.validate(each, version, strict=True)
                except kubernetes_validate.ValidationError as error:
                    raise CheckError(f"{each['kind']}/{each['metadata']['name']}: {error.message[:200]}") from None
                count += 1
            found.append(f"{count} objects")


def relative_schemas(version: str, folder: Path) -> Path:
    """The schemas of one version as kubeconform can follow them: each names an address of its own, and of its parts."""
    package = Path(str(kubernetes_validate.__file__)).parent / "kubernetes-json-schema" / f"v{version}-local-strict"
    folder.mkdir()
    for file in (package / "_definitions.json", *package.glob("*-v[12].json")):
        schema = json.loads(file.read_text().replace("/api/_definitions.json", "_definitions.json"))
        schema.pop("$id", None)
        (folder / file.name).write_text(json.dumps(schema))
    return folder


def kubeconform(report: Report, folder: Path, *, build: bool) -> None:
    """The same with kubeconform, where it is installed or may be built."""
    own = Path(sys.executable).parent
    if build and not (own / "kubeconform").is_file() and shutil.which("go"):
        subprocess.run(["go", "install", KUBECONFORM], env={**os.environ, "GOBIN": str(own)}, check=True)
    program = shutil.which("kubeconform", path=f"{own}:{os.environ['PATH']}")
    if program is None:
        report.not_run("kubeconform", "not installed; ARGS=--programs builds it with Go, in a minute")
        return
    for version in VERSIONS:
        with report.check(f"kubeconform, {version}") as found:
            flags = ["-strict", "-summary", "-kubernetes-version", version, "-skip", ",".join(WITHOUT_SCHEMA)]
            place = relative_schemas(version, folder.with_name(f"schemas-{version}"))
            flags += ["-schema-location", f"{place}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"]
            files = [str(file) for file in sorted(folder.glob("*.yaml"))]
            done = subprocess.run([program, *flags, *files], capture_output=True, text=True, check=False)
            if done.returncode:
                raise CheckError(done.stdout[-500:] + done.stderr[-500:])
            found.append(done.stdout.strip().splitlines()[-1])


def policies(report: Report, folder: Path) -> None:
    """Checkov's policies for Kubernetes, but for those that the chart leaves out on purpose."""
    with report.check("policies (Checkov)") as found:
        command = [
            str(Path(sys.executable).with_name("checkov")),
            "--directory",
            str(folder),
            "--framework",
            "kubernetes",
        ]
        command += ["--skip-check", ",".join(NOT_OURS), "--output", "json", "--quiet", "--skip-download"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        results = json.loads(done.stdout)
        failed = [each for each in results.get("results", {}).get("failed_checks", []) if not _is_on_purpose(each)]
        if failed or not results.get("summary", {}).get("passed"):
            raise CheckError(
                "; ".join(f"{each['check_id']} {each['resource']}" for each in failed) or done.stdout[:300]
            )
        found.append(f"{results['summary']['passed']} passed, {len(NOT_OURS)} policies left out on purpose")


def _is_on_purpose(failed: dict[str, Any]) -> bool:
    """A task and an executor end by themselves, so they have no probes. Spark sets the resources of an executor.

    Only with Spark, a task has a token of the cluster: it starts executors.
    """
    if Path(failed["file_path"]).stem == SPARK and (failed["check_id"], failed["resource"]) == TOKEN:
        return True
    probes, resources = ("CKV_K8S_8", "CKV_K8S_9"), ("CKV_K8S_10", "CKV_K8S_12", "CKV_K8S_13")
    missing = {"Pod.news.task": probes, "Pod.news.executor": (*probes, *resources)}
    return failed["check_id"] in missing.get(failed["resource"], ())


def admit(report: Report, made: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    """Send the objects of Kubernetes' own kinds to the API server of a cluster, if one is named; it keeps nothing."""
    folder.mkdir()
    files = {}
    for environment, objects in made.items():
        files[environment] = folder / f"{environment}.yaml"
        known = [each for each in objects if each["kind"] not in WITHOUT_SCHEMA]
        files[environment].write_text(yaml.safe_dump_all(known))
    dry_run(report, files)


def notes() -> Iterator[tuple[str, str]]:
    """What nothing here can run, with the command that does."""
    if not (CHART / "charts").is_dir():
        fetch = "helm dependency update docker/kubernetes fetches it from airflow.apache.org"
        yield "Airflow's own chart", f"{fetch}; then this command renders it, too"
    yield "schemas of ServiceMonitor and PrometheusRule", "they are in a cluster with the Prometheus operator"
    yield (
        "pods that run",
        "helm install news docker/kubernetes --dry-run=server --values docker/kubernetes/environments/prod.yaml",
    )


def main(arguments: list[str]) -> int:
    """Run all checks; the exit code."""
    report = Report()
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        chart = chart_without_dependency(folder)
        (files := folder / "rendered").mkdir()
        lint(report, chart)
        made = render(report, chart, files)
        refuse(report, chart)
        validate(report, made)
        kubeconform(report, files, build="--programs" in arguments)
        policies(report, files)
        admit(report, made, folder / "admitted")
    for name, why in notes():
        report.not_run(name, why)
    return report.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
