"""The step refine: raw files become checked tables of users, articles and interactions."""

from pipelines.news.refine.step import refine

__all__ = ["refine"]
