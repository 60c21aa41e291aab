"""Checks of the CloudFormation templates without a cloud: ``python -m tests.deployment.ecs``.

It runs in a virtual environment of its own (``make verify-ecs``): cfn-lint, then every stack is made
in moto, which keeps an account in memory.
"""

import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import yaml
from moto import mock_aws

from tests.deployment.report import CheckError, Report

FOLDER = Path(__file__).parents[2] / "docker" / "ecs"
STACKS = ("network", "data", "tasks", "services")
SIZES = ("small", "medium", "large")
REGION = "eu-west-1"
GIVEN = {
    "Registry": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/pauta",
    "Environment": "prod",
}
UNMADE = {  # what moto does not make out of a template, and how a reference to it looks
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{}-abcdef",
    "AWS::EFS::AccessPoint": "fsap-{}",
    "AWS::ServiceDiscovery::Service": "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-{}",
}
FARGATE = {256: (512, 2048), 512: (1024, 4096), 1024: (2048, 8192), 2048: (4096, 16384), 4096: (8192, 30720)} | {
    8192: (16384, 61440)
}  # least and most MiB for each size of processor


class Template(yaml.SafeLoader):
    """Reads YAML with CloudFormation's short forms, such as ``!Ref``, as plain data."""


def _short_form(loader: Template, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else node.value


Template.add_multi_constructor("!", _short_form)


def parameters(stack: str, given: dict[str, str]) -> list[dict[str, str]]:
    """Those values that are parameters of the stack's template."""
    named = yaml.load((FOLDER / f"{stack}.yaml").read_text(), Template)["Parameters"]
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items() if name in named]


def text_of(stack: str) -> str:
    """The template, with an address in place of each reference to a resource that moto does not make."""
    body = (FOLDER / f"{stack}.yaml").read_text()
    for name, resource in yaml.load(body, Template)["Resources"].items():
        if resource["Type"] in UNMADE:
            address = UNMADE[resource["Type"]].format(name)
            body = body.replace(f"Value: !Ref {name},", f"Value: {address},").replace(f"!GetAtt {name}.Arn", address)
    return body


def lint(report: Report) -> None:
    """cfn-lint knows every property of every resource."""
    with report.check("cfn-lint") as found:
        files = [str(FOLDER / f"{stack}.yaml") for stack in STACKS]
        program = str(Path(sys.executable).with_name("cfn-lint"))
        done = subprocess.run([program, "--regions", REGION, "--", *files], capture_output=True, text=True, check=False)
        if done.returncode:
            raise CheckError(done.stdout)
        found.append(f"{len(files)} templates")


def make(report: Report, size: str) -> None:
    """All stacks of one size, one after the other, as the guide says."""
    cloud = boto3.client("cloudformation", region_name=REGION)
    acm = boto3.client("acm", region_name=REGION)
    certificate = acm.request_certificate(DomainName="api.news.example")["CertificateArn"]
    given = GIVEN | {"Size": size, "Certificate": certificate}
    for stack in STACKS:
        with report.check(f"{size}: stack {stack}") as found:
            body = text_of(stack)
            cloud.create_stack(
                StackName=f"pauta-{stack}",
                TemplateBody=body,
                Parameters=parameters(stack, given),
                Capabilities=["CAPABILITY_IAM"],
            )
            made = cloud.describe_stack_resources(StackName=f"pauta-{stack}")["StackResources"]
            named = yaml.load(body, Template)["Resources"]
            done = {each.get("LogicalResourceId") for each in made if each.get("PhysicalResourceId")}
            found.append(f"{len(named.keys() & done)} of {len(named)} resources")
            if missing := sorted({named[name]["Type"] for name in named.keys() - done}):
                report.not_run(", ".join(missing), f"moto does not make them out of {stack}.yaml; cfn-lint reads them")


def tasks(report: Report) -> None:
    """Task definitions: sizes that Fargate has, secrets by reference, nobody is root. moto keeps no size of them."""
    template, data = (yaml.load((FOLDER / f"{stack}.yaml").read_text(), Template) for stack in ("tasks", "data"))
    secrets = {name for name, each in data["Resources"].items() if each["Type"] == "AWS::SecretsManager::Secret"}
    definitions = [each for each in template["Resources"].values() if each["Type"] == "AWS::ECS::TaskDefinition"]
    for size in SIZES:
        with report.check(f"{size}: task definitions") as found:
            for each in definitions:
                task = each["Properties"]
                cpu, memory = (_number(task[key], template["Mappings"]["Sizes"][size]) for key in ("Cpu", "Memory"))
                if problems := [*_size_problems(cpu, memory), *_container_problems(task, secrets)]:
                    raise CheckError("; ".join(problems))
                found.append(f"{task['Family'].rpartition('-')[2]} {cpu}/{memory}")


def _number(value: Any, sizes: dict[str, Any]) -> int:
    """A number of the template, or the one of a size, ``!FindInMap [Sizes, !Ref Size, …]``."""
    return int(sizes[value[2]] if isinstance(value, list) else value)


def _size_problems(cpu: int, memory: int) -> Iterator[str]:
    least, most = FARGATE.get(cpu, (0, -1))
    if not least <= memory <= most or (cpu > 256 and memory % 1024):
        yield f"Fargate has no {cpu} with {memory} MiB"


def _container_problems(task: dict[str, Any], secrets: set[str]) -> Iterator[str]:
    for container in task["ContainerDefinitions"]:
        name = container["Name"]
        if name != "databases" and container.get("User") != "50000:0":
            yield f"{name} may run as root"
        for each in container.get("Environment", []):
            if each["Name"].endswith(("PASSWORD", "TOKEN", "KEY", "SECRET")):
                yield f"{name} has {each['Name']} in plain text"
        for each in container.get("Secrets", []):
            if each["ValueFrom"]["Fn::ImportValue"].removeprefix("${Data}-") not in secrets:
                yield f"{name}: {each['Name']} is no secret of data.yaml"


def services(report: Report, size: str) -> None:
    """What a reader's request meets: targets, listeners, paths."""
    balancers = boto3.client("elbv2", region_name=REGION)
    with report.check(f"{size}: the front") as found:
        [balancer] = balancers.describe_load_balancers()["LoadBalancers"]
        listeners = balancers.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        [https] = [each for each in listeners if each["Protocol"] == "HTTPS"]
        rules = balancers.describe_rules(ListenerArn=https["ListenerArn"])["Rules"]
        paths = [path for rule in rules for each in rule["Conditions"] for path in each["PathPatternConfig"]["Values"]]
        if "/metrics" in paths or "/*" in paths or not paths:
            raise CheckError(f"paths from outside: {paths}")
        count = len(boto3.client("ecs", region_name=REGION).list_services(cluster=cluster())["serviceArns"])
        if count != 3:
            raise CheckError(f"{count} services instead of 3")
        found.append(f"{count} services, {len(listeners)} listeners, {len(paths)} paths")


def cluster() -> str:
    """The cluster of the stack."""
    [arn] = boto3.client("ecs", region_name=REGION).list_clusters()["clusterArns"]
    return str(arn)


def main() -> int:
    """Run all checks; the exit code."""
    os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION=REGION)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # moto names what it does not make, and so do we
    report = Report()
    lint(report)
    tasks(report)
    for size in SIZES:
        with mock_aws():
            make(report, size)
            services(report, size)
    report.not_run("a cloud account", "docs/ecs.md says how; moto stores definitions and starts no container")
    report.not_run("limits and quotas of an account", "moto has none")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
