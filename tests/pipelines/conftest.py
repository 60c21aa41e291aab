"""Generated worlds shared by the tests of the sources."""

from pathlib import Path

import pytest

from pipelines.news.sources.sample import generate
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.pipelines.sample_world.worlds import sample_params


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small world with a validation file."""
    folder = tmp_path_factory.mktemp("small-world")
    generate(folder, sample_params(validation=True))
    return folder


@pytest.fixture(scope="session")
def default_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the sample as everybody gets it."""
    folder = tmp_path_factory.mktemp("default-world")
    generate(folder, load_params(NewsParams, FILE).sample)
    return folder
