"""Maintenance of what serving keeps: old looks at students, and online features of releases that are gone."""

from pathlib import Path

from pydantic import SecretStr

from pipelines.students.maintenance import prune
from pipelines.use_case import Context
from script_shared.clock import wall_ms
from script_shared.storage.tables import tables_address
from script_shared.students.database.access_record import AccessRecord, Look
from script_shared.students.database.feature_store import FeatureStore
from script_shared.students.model import StudentsModel
from script_shared.use_case_settings import UseCaseSettings
from tests.app.students.releases import make_release
from tests.pipelines.students.conftest import make_context

DAY_MS = 86_400_000


def with_database(context: Context, file: Path) -> Context:
    from dataclasses import replace

    own = {"students": UseCaseSettings(database_uri=SecretStr(f"sqlite:///{file}"))}
    return replace(context, settings=context.settings.model_copy(update={"by_use_case": own}))


def test_looks_leave_the_record_when_they_are_old(tmp_path: Path) -> None:
    context = make_context(tmp_path, "access.keep_days = 30")
    assert prune(context)["looks"] == 0
    record = AccessRecord(tables_address(context.settings, "students"))
    record.add([Look(wall_ms() - days * DAY_MS, "ana", "viewer", "GET /students", "d") for days in (31, 29)])
    assert prune(context)["looks"] == 1
    assert len(record.read()) == 1


def test_online_features_of_releases_that_are_gone_are_removed(tmp_path: Path) -> None:
    context = with_database(make_context(tmp_path), tmp_path / "online.db")
    assert prune(context)["online_releases"] == []
    folder = make_release(tmp_path / "made")
    store = FeatureStore(f"sqlite:///{tmp_path / 'online.db'}")
    context.releases.publish(folder, "s2")
    for release in ("s1", "s2"):
        store.write(release, StudentsModel.load(folder).store)
    assert prune(context)["online_releases"] == ["s1"]
    assert store.read("s2", "RA-1") is not None
