"""Finds the real data sets that are kept beside the checkout, for tests that may use them."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("PAUTA_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def real_data(name: str) -> Path:
    """The path of a real data file; skips the test with a reason when it is not there."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"real data {name} is not at hand; set PAUTA_REAL_DATA to the folder that holds it")
    return path
