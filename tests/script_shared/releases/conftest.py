"""Releases on each kind of storage."""

from pathlib import Path

import pytest

from script_shared.releases import Releases
from tests.stores import root, s3_endpoint, s3_root

__all__ = ["root", "s3_endpoint", "s3_root"]


@pytest.fixture
def releases(root: str, tmp_path: Path) -> Releases:
    """No releases yet."""
    return Releases(root, tmp_path / "cache")


@pytest.fixture
def local(tmp_path: Path) -> Releases:
    """No releases yet, in a folder."""
    return Releases(tmp_path / "models" / "news")


@pytest.fixture
def remote(s3_root: str, tmp_path: Path) -> Releases:
    """No releases yet, on an object store."""
    return Releases(s3_root, tmp_path / "cache")
