"""A real MLflow store for each test: its database is made once and copied."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.tracking.folder import TrackingFolder
from pipelines.tracking.reconcile import open_store
from script_shared.settings import Settings
from tests.pipelines.tracking.made import settings_of

HERE = Path(__file__).parent
MLFLOWS_OWN = ("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """What MLflow itself warns of does not fail these tests."""
    for item in items:
        if HERE in item.path.parents:
            for warning in MLFLOWS_OWN:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database in which nothing is."""
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    open_store(TrackingFolder(settings_of(file.parent, f"sqlite:///{file}"), "empty"))
    return file


@pytest.fixture
def settings(tmp_path: Path, empty_store: Path) -> Settings:
    """A platform whose trainings are recorded in an embedded MLflow."""
    settings = settings_of(tmp_path, "embedded")
    file = settings.data_dir / "mlflow" / "mlflow.db"
    file.parent.mkdir(parents=True)
    shutil.copyfile(empty_store, file)
    return settings
