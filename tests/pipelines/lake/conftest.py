"""Two machines that share a lake and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from script_shared.settings import Settings
from tests.pipelines.lake.machine import Machine
from tests.stores import root, s3_endpoint, s3_root

__all__ = ["root", "s3_endpoint", "s3_root"]


@pytest.fixture
def machine(root: str, tmp_path: Path) -> Callable[[str], Machine]:
    """Makes a machine with an own data folder, on one lake: a folder, then a bucket."""

    def make(name: str) -> Machine:
        home = tmp_path / name
        return Machine(Settings(data_dir=home, evaluation_dir=home / "evaluation", lake_uri=root))

    return make
