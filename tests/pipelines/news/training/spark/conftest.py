"""One Spark session for all tests of the folder."""

from collections.abc import Iterator

import pytest

from pipelines.spark.session import spark_session
from script_shared.settings import Settings


@pytest.fixture(autouse=True, scope="package")
def session() -> Iterator[object]:
    """Open until the last test has ended; the steps use it."""
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    with spark_session(Settings(engine="spark", spark_master="local[2]"), "tests") as session:
        yield session
