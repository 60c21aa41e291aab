"""Measures the models on days that they have not seen, compared with baselines, with intervals by case."""

from pipelines.recruiting.evaluation.step import evaluate

__all__ = ["evaluate"]
