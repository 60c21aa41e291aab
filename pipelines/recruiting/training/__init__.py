"""Fits encoder, rankers and match classifier, each on what was known on a day, and writes the folder of a release."""

from pipelines.recruiting.training.step import train

__all__ = ["train"]
