"""A service reloads its release when an erasure changes the files; it needs no new release."""

import shutil
from pathlib import Path

import httpx

from script_shared.releases.rewrite import rewrite_releases
from script_shared.settings import Settings
from script_shared.students.release_folder import STORE
from script_shared.students.store import Store
from tests.app.conftest import until


def take_out(folder: Path) -> None:
    store = Store.load(folder)
    left = store.without([store.student("RA-2")])
    shutil.rmtree(folder / STORE)
    left.save(folder)


def test_a_service_loads_the_release_again_when_a_student_was_removed_from_it(
    client: httpx.Client, settings: Settings
) -> None:
    before = {ra: client.get(f"/students/{ra}/risk").json() for ra in ("RA-1", "RA-3", "RA-4")}
    assert client.get("/students/RA-2/risk").status_code == 200
    rewrite_releases(f"{settings.models_uri}/students", ["s1"], take_out, "1 erased")
    until(lambda: client.get("/students/RA-2/risk").status_code == 404)
    assert {ra: client.get(f"/students/{ra}/risk").json() for ra in before} == before
    assert client.get("/students/health").json() == {"status": "ok", "release": "s1", "reason": None}
