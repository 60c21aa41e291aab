"""Every use case that the platform hosts: one entry each."""

from pipelines.news.use_case import NEWS
from pipelines.use_case import UseCase

USE_CASES: dict[str, UseCase] = {case.name: case for case in (NEWS,)}
