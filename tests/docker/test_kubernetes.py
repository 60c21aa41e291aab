"""The values of the chart agree with the rest of the stack; `make verify-kubernetes` renders and checks it."""

import re
from pathlib import Path

import pytest
import yaml

from tests.cluster.spark_rights import OTHER_PODS

ROOT = Path(__file__).parents[2]
CHART = ROOT / "docker" / "kubernetes"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
LINKED = ("alerts.yml", "databases.sh", "dashboards")
ENVIRONMENTS = sorted(file.stem for file in (ROOT / "docker" / "environments").glob("*.env"))


def test_statsd_makes_the_same_of_airflows_metrics_as_in_compose():
    mapping = yaml.safe_load((ROOT / "docker" / "statsd" / "mapping.yml").read_text(encoding="utf-8"))
    assert VALUES["airflow"]["statsd"]["overrideMappings"] == mapping["mappings"]


@pytest.mark.parametrize("name", LINKED)
def test_what_the_chart_takes_from_the_stack_is_there(name: str):
    file = CHART / "files" / name
    assert file.is_symlink(), "a copy would not follow the stack's file"
    assert file.resolve(strict=True).is_relative_to(ROOT)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_of_the_chart_sets_what_the_one_of_the_containers_sets(name: str):
    values = yaml.safe_load((CHART / "environments" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert values["env"] == values["global"]["env"] == name
    lines = (ROOT / "docker" / "environments" / f"{name}.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line.startswith("PAUTA_"))
    of_chart = {"PAUTA_ENV": values["env"], "PAUTA_MODELS_URI": values.get("modelsUri"), **values.get("settings", {})}
    assert given.items() <= of_chart.items()


def test_airflows_pods_may_run_in_a_namespace_with_pod_security():
    """Airflow's chart sets neither by itself, and does not give StatsD what it gives its other pods."""
    airflow = VALUES["airflow"]
    for part in (airflow, airflow["statsd"]):
        pod = part["securityContexts"]["pod"]
        assert pod["runAsNonRoot"] is True
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert airflow["securityContexts"]["pod"]["runAsUser"] == airflow["uid"]


def test_the_executor_finds_the_pod_of_a_task_where_the_chart_puts_it():
    airflow = VALUES["airflow"]
    [mount], [volume] = airflow["scheduler"]["extraVolumeMounts"], airflow["scheduler"]["extraVolumes"]
    assert airflow["config"]["kubernetes_executor"]["pod_template_file"] == f"{mount['mountPath']}/pod.yaml"
    assert volume["configMap"]["name"] == VALUES["podTemplate"]


def test_the_first_start_makes_no_paused_dags():
    """Airflow pauses new DAGs by default, and then the run that this job queues would wait forever."""
    assert VALUES["airflow"]["config"]["core"]["dags_are_paused_at_creation"] == "False"
    text = (CHART / "templates" / "jobs.yaml").read_text(encoding="utf-8")
    job = text.split("pipelines.airflow.first_start", 1)[1].split("resources:", 1)[0]
    name = job.index("- name: AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION")
    assert job[name:].splitlines()[1].strip() == 'value: "False"'


def test_the_token_of_tasks_with_spark_may_not_change_pods_or_see_anything_else():
    """Code that changes the image of a pod, or the ConfigMap with the pod of tasks, gets the Secrets of that pod."""
    text = (CHART / "templates" / "spark.yaml").read_text(encoding="utf-8")
    role = text.split("kind: Role\n", 1)[1].split("---", 1)[0]
    assert yaml.safe_load(role.split("rules:", 1)[1]) == [
        {
            "apiGroups": [""],
            "resources": ["pods"],
            "verbs": ["create", "get", "list", "watch", "delete", "deletecollection"],
        }
    ]
    assert "spark.kubernetes.executor.disableConfigMap true" in text
    assert VALUES["spark"]["admissionPolicy"] is True


POLICY = (CHART / "templates" / "admission.yaml").read_text(encoding="utf-8")
MESSAGES = re.findall("- message: (.*)", POLICY.replace("{{ .Release.Name }}", "news"))


@pytest.mark.parametrize("message", MESSAGES)
def test_the_cluster_is_tried_with_a_pod_that_breaks_each_rule_of_the_policy(message: str):
    assert any(word in message for _, word in OTHER_PODS.values())


@pytest.mark.parametrize(
    "field",
    [
        *("hostNetwork", "hostPID", "hostIPC", "nodeName"),
        *("privileged", "allowPrivilegeEscalation", "add", "runAsNonRoot", "runAsUser", "audience"),
    ],
)
def test_the_policy_looks_at_what_would_open_the_node_or_the_api_server(field: str):
    """Who reads the node's disk reads the Secrets of all pods there."""
    assert f".?{field}." in POLICY


def test_the_policy_admits_the_executor_of_the_chart():
    names = (CHART / "templates" / "_names.tpl").read_text(encoding="utf-8")
    pod, container = (
        yaml.safe_load(names.split(f'define "pauta.{name}Security" -}}}}')[1].split("{{")[0])
        for name in ("pod", "container")
    )
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] != 0
    assert container["allowPrivilegeEscalation"] is False
    assert "privileged" not in container
    assert "add" not in container["capabilities"]
    executor = (CHART / "templates" / "spark.yaml").read_text(encoding="utf-8").split('define "pauta.executorPod"')[1]
    for part in ('include "pauta.podSecurity"', 'include "pauta.containerSecurity"'):
        assert part in executor
    assert not re.search("host[A-Z]|nodeName|projected", executor)
