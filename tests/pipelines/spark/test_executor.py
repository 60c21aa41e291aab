"""The program that starts an executor in its pod finds the jars of the image."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "docker" / "spark-executor.sh"
JAVA = """#!/bin/sh
echo "$@"
"""


@pytest.mark.spark
def test_the_jars_are_found_though_the_driver_names_a_copy_of_pyspark_without_them(tmp_path: Path) -> None:
    """``spark-submit`` puts a zip of PySpark into PYTHONPATH, which the driver hands on to its executors."""
    pyspark = pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    java = tmp_path / "java"
    java.write_text(JAVA)
    java.chmod(0o755)
    package = Path(pyspark.__file__).parent
    names = ("MEMORY", "ID", "CORES", "POD_IP", "POD_NAME")
    variables = {f"SPARK_EXECUTOR_{name}": "1" for name in names}
    variables |= {f"SPARK_{name}": "1" for name in ("DRIVER_URL", "APPLICATION_ID", "RESOURCE_PROFILE_ID")}
    variables |= {
        "PATH": os.pathsep.join([str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(package / "python" / "lib" / "pyspark.zip"),
    }
    said = subprocess.run(["sh", SCRIPT], env=variables, capture_output=True, text=True, check=True).stdout.split()
    assert Path(said[said.index("-cp") + 1]).parent == package / "jars"
