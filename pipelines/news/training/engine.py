"""Loads the data of a training step with the engine of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.news.dataset import Dataset
from pipelines.use_case import Context


@contextmanager
def training_dataset(context: Context, step: str) -> Iterator[Dataset]:
    """The run's refined data; use it and its snapshots only inside the block.

    Args:
        context: the run, its settings, params and options.
        step: name of the folder that the step writes, such as ``trained``.

    Raises:
        RunError: refine is not complete.
        SettingsError: Spark cannot be used.
    """
    if context.settings.engine != "spark":
        yield Dataset.load(context.run.read("refined"))
        return
    from pipelines.news.training.spark.dataset import dataset_on_spark  # PySpark is an extra

    with dataset_on_spark(context, step) as dataset:
        yield dataset


def engine_facts(context: Context) -> dict[str, str]:
    """Facts about a training step.

    Args:
        context: the run, its settings, params and options.

    Returns:
        ``engine`` if the step ran on Spark, else nothing.
    """
    return {"engine": "spark"} if context.settings.engine == "spark" else {}
