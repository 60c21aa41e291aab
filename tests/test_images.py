"""The images are pinned, install by hash and do not run as root."""

import re
from pathlib import Path

import pytest

from tests.compose_file import OURS, ROOT, SERVICES

DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))


def test_a_change_of_our_code_changes_no_image_of_a_service_that_does_not_run_it():
    """What is not ours must not be built from a stage that copies our code."""
    services = (ROOT / "docker" / "services.Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"^COPY .*\b(app|pipelines|script_shared)\b", services, re.M)
    assert SERVICES["secrets"]["build"]["dockerfile"] == "docker/services.Dockerfile"
    airflow = (ROOT / "docker" / "airflow.Dockerfile").read_text(encoding="utf-8")
    stages = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", airflow, re.M | re.S))
    assert not re.search(r"^COPY (pipelines|script_shared)", stages["base"] + stages["mlflow"], re.M)
    assert SERVICES["mlflow"]["build"]["target"] == "mlflow"


def test_every_folder_that_is_mounted_is_made_in_both_images_by_the_same_owner():
    made = [re.findall(r"install -d -m 775 -o 50000 -g 0 (.*?)(?: \\|$)", file.read_text(), re.M) for file in OURS]
    for lines in made:
        folders = {folder for line in lines for folder in line.split()}
        assert {"script_shared/data", "script_shared/models", "script_shared/evaluation"} <= folders


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.name)
def test_a_base_is_pinned(file: Path):
    text = file.read_text(encoding="utf-8")
    bases = set(re.findall(r"^FROM (\S+)", text, re.M)) - set(re.findall(r"^FROM \S+ AS (\S+)", text, re.M))
    assert bases
    copied = set(re.findall(r"--from=(\S+)", text)) - set(re.findall(r"^FROM \S+ AS (\S+)", text, re.M))
    assert all(re.search(r":v?\d+\.\d+", base) for base in bases | copied)


@pytest.mark.parametrize(
    ("name", "extra", "packages"),
    [
        ("requirements.txt", "requirements_encoders.txt", {"onnxruntime", "tokenizers"}),
        ("requirements_airflow.txt", "requirements_encoders.txt", {"onnxruntime", "tokenizers"}),
        ("requirements_airflow.txt", "requirements_spark.txt", {"pyspark", "py4j"}),
        ("requirements.txt", "requirements_traces.txt", {"opentelemetry-sdk"}),
        ("requirements_airflow.txt", "requirements_traces.txt", set()),  # Airflow brings them
    ],
)
def test_the_packages_of_an_extra_change_no_version_of_an_image(name: str, extra: str, packages: set[str]):
    """They are installed over the others, in a step of their own."""
    image, own = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(encoding="utf-8"), re.M))
        for file in (name, extra)
    )
    assert {package: version for package, version in own.items() if image.get(package, version) != version} == {}
    assert packages <= set(own) - set(image)


@pytest.mark.parametrize("name", ["docker/airflow.Dockerfile", "docs/spark.md"])
def test_the_packages_of_spark_are_installed_as_the_file_lists_them(name: str):
    """pyproject.toml leaves out a package that another one asks for, so pip must not look for it."""
    commands = re.findall(r"install .*requirements_spark\.txt", (ROOT / name).read_text(encoding="utf-8"))
    assert commands
    assert all("--no-deps" in command for command in commands)


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_our_images_install_by_hash_in_a_stage_of_their_own_and_do_not_run_as_root(file: Path):
    text = file.read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert re.findall(r"^FROM ", text, re.M)[1:]  # packages are installed in a stage of their own
    assert re.findall(r"^USER (\S+)", text, re.M)[-1] == "50000:0"
