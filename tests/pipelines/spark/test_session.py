"""If something is missing for Spark, the message says what it is, and how to install it."""

import importlib.util
from pathlib import Path

import pytest

from pipelines.spark.session import check_java, spark_session
from script_shared.errors import SettingsError
from script_shared.settings import Settings, load_settings


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="PySpark is installed here")
def test_without_pyspark_the_message_names_the_packages() -> None:
    with (
        pytest.raises(SettingsError, match=r"PySpark is not installed.*--no-deps -r requirements_spark.txt"),
        spark_session(Settings(engine="spark"), "test"),
    ):
        pass


def test_without_java_the_message_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match=r"there is no Java.*openjdk-17"):
        check_java()


@pytest.mark.parametrize(("said", "named"), [('openjdk version "11.0.2"', "Java 11"), ("", "no known version")])
def test_a_java_that_is_too_old_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, named: str
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match=named):
        check_java()


@pytest.mark.parametrize("master", ["locl", "local[two]", "http://host:7077", ""])
def test_a_master_that_spark_does_not_know_is_refused(monkeypatch: pytest.MonkeyPatch, master: str) -> None:
    monkeypatch.setenv("PAUTA_SPARK_MASTER", master)
    if not master:  # set but empty counts as not set
        assert load_settings().spark_master == "local[2]"
        return
    with pytest.raises(SettingsError, match="PAUTA_SPARK_MASTER"):
        load_settings()


@pytest.mark.parametrize("master", ["local", "local[*]", "local[2]", "spark://a:7077", "k8s://https://a:6443"])
def test_masters_that_spark_knows_are_taken(monkeypatch: pytest.MonkeyPatch, master: str) -> None:
    monkeypatch.setenv("PAUTA_SPARK_MASTER", master)
    assert load_settings().spark_master == master
