"""A student who is erased while a release is loaded is in no row of the online store."""

from pathlib import Path
from typing import Any

import pytest

from app.erased_people import ErasedPeople
from app.students.access_log import AccessLog
from app.students.release_loader import StudentsLoader
from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.students.database.access_record import AccessRecord
from script_shared.students.database.feature_store import FeatureStore
from script_shared.students.erasure import person_name
from tests.app.students.releases import make_release


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_student_who_is_erased_while_the_store_is_written_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    log, store = EventLog(f"sqlite:///{tmp_path}/events.db"), FeatureStore(f"sqlite:///{tmp_path}/online.db")
    loader = StudentsLoader(
        ErasedPeople(log, person_name), AccessLog(AccessRecord(f"sqlite:///{tmp_path}/access.db")), store
    )
    releases = Releases(str(tmp_path / "models"))
    manifest = releases.publish(make_release(tmp_path / "made"), "s1")
    write = store.write

    def erase() -> None:  # as the route does
        log.erase(person_name("RA-2"))
        store.erase("RA-2")

    def overtaken(*arguments: Any) -> bool:
        if moment == "before":
            erase()
        written = write(*arguments)
        if moment == "after":
            log.erase(person_name("RA-2"))  # the erasing process ends before it deletes rows
        return written

    monkeypatch.setattr(store, "write", overtaken)
    loader.load(releases.fetch("s1"), manifest)
    assert store.read("s1", "RA-2") is None
    assert store.read("s1", "RA-1") is not None
    store.close()
    log.close()
