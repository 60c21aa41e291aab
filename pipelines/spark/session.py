"""Starts and ends the connection to Spark; an error says what is missing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from script_shared.errors import SettingsError
from script_shared.settings import Settings

ROOT = Path(__file__).parents[2]
JAVA = 17
LOOPBACK = "127.0.0.1"


@contextmanager
def spark_session(settings: Settings, name: str) -> Iterator[Any]:
    """A session of Spark on the master of the settings. It ends with the block, unless it was open before.

    Put your own options into ``spark-defaults.conf`` in ``SPARK_CONF_DIR``, which Spark reads.

    Args:
        settings: of this installation.
        name: the name of the step on Spark's own pages.

    Raises:
        SettingsError: PySpark or Java is missing, or there is no Spark at the master.
    """
    kind = _session_kind()
    if (open_session := kind.getActiveSession()) is not None:
        yield open_session
        return
    check_java()
    session = _start(kind, settings.spark_master, name)
    try:
        yield session
    finally:
        session.stop()


def _start(kind: Any, master: str, name: str) -> Any:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = kind.builder.master(master).appName(name)
    for key, value in _options(master).items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        raise _no_session(master, error) from error
    session.sparkContext.setLogLevel("ERROR")
    session.conf.set("spark.sql.shuffle.partitions", str(parts_of(session)))
    return session


def parts_of(session: Any, rows: int = 0, rows_each: int = 1_000_000) -> int:
    """How many parts a table is divided into: two for each core of Spark, more for a large table.

    Args:
        session: of Spark.
        rows: of the table.
        rows_each: rows of a part at most; a task holds its part in memory.
    """
    return max(2 * session.sparkContext.defaultParallelism, -(-rows // rows_each))


def check_java() -> None:
    """Check that Java starts and is new enough.

    Raises:
        SettingsError: it cannot, or is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    fix = "Install Java 17 (apt-get install openjdk-17-jre-headless), or set PAUTA_ENGINE=polars."
    if java is None or not Path(java).is_file():
        raise SettingsError("PAUTA_ENGINE is spark, and there is no Java.", fix=fix)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < JAVA:
        version = found[1] if found else "of no known version"
        raise SettingsError(f"PAUTA_ENGINE is spark, and {java} is Java {version}.", fix=fix)


def _session_kind() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SettingsError(
            "PAUTA_ENGINE is spark, and PySpark is not installed.",
            fix="Install it beside the other packages (pip install --no-deps -r requirements_spark.txt), or "
            "set PAUTA_ENGINE=polars.",
        ) from error
    return SparkSession


def _options(master: str) -> dict[str, str]:
    """The options that the steps need. Tasks import this code, so every machine must have it at the same path."""
    options = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "spark.executorEnv.POLARS_MAX_THREADS": "1",  # Spark runs one task for each core
    }
    if master.startswith("local"):
        options |= {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK, "spark.ui.enabled": "false"}
    return options


def _no_session(master: str, error: Exception) -> SettingsError:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
    return SettingsError(
        f"PAUTA_SPARK_MASTER is {master}, and no session of Spark starts there ({reason}).",
        fix="Check the address and that the master runs, or use local[2].",
    )
