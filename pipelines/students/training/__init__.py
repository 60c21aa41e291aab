"""Fits the model: members on students drawn with replacement, calibration and thresholds on students left out."""

from pipelines.students.training.step import train

__all__ = ["train"]
