"""Measures the models on days that they have not seen, beside plain orders, with intervals by case."""

from pipelines.recruiting.evaluation.step import evaluate

__all__ = ["evaluate"]
