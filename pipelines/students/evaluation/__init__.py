"""Measures a model on a pair of years that it has not seen, beside plain rules, by student and by group."""

from pipelines.students.evaluation.step import evaluate

__all__ = ["evaluate"]
