"""Settings about the engine that makes tables out of data."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

MASTER = r"^(local(\[(\d+|\*)(, ?\d+)?\])?|local-cluster\[.+\]|(spark|k8s)://.+|yarn)$"


class EngineSettings(BaseSettings):
    """The part of ``Settings`` about the engine of the steps that grow with data."""

    engine: Literal["polars", "spark"] = Field(
        "polars",
        description="engine of the steps that grow with data: `polars` (in the process of the step) or `spark` (needs "
        "`requirements_spark.txt` and Java 17)",
    )
    spark_master: str = Field(
        "local[2]",
        pattern=MASTER,
        description="where Spark runs its tasks: `local[2]` (two cores of this machine), `spark://host:7077` or "
        "`k8s://https://…`",
    )
