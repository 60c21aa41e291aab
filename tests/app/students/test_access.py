"""Who may look at students, and the record of who did."""

import csv
from io import StringIO
from typing import Any

import httpx
import pytest

from script_shared.addresses import sqlite_file
from script_shared.storage.tables import tables_address
from script_shared.students.database.access_record import digest_of
from tests.app.students.conftest import ADMIN, ANA, RUI


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def looks(client: httpx.Client, **filters: Any) -> list[tuple[str, str, str]]:
    """Viewer, route and student of each look, oldest first."""
    found = client.get("/students/access", params=filters, headers=ADMIN).json()["looks"]
    return [(each["viewer"], each["route"], each["student"]) for each in reversed(found)]


def test_each_look_at_a_student_is_in_the_record_with_who_and_how(client: httpx.Client) -> None:
    client.get("/students/ra-2/risk", headers=bearer(ANA))
    client.get("/students/RA-1", headers=bearer(RUI))
    client.post("/students/RA-2/what-if", json={"ieg": 9})
    client.post("/predict/RA-3")
    assert looks(client) == [
        ("ana", "GET /students/{ra}/risk", digest_of("RA-2")),
        ("rui", "GET /students/{ra}", digest_of("RA-1")),
        ("admin", "POST /students/{ra}/what-if", digest_of("RA-2")),
        ("admin", "POST /predict/{ra}", digest_of("RA-3")),
    ]
    assert "RA-" not in client.get("/students/access").text


def test_a_list_is_a_look_at_each_student_on_it(client: httpx.Client) -> None:
    client.get("/students?limit=2", headers=bearer(ANA))
    assert looks(client) == [("ana", "GET /students", digest_of(ra)) for ra in ("RA-2", "RA-1")]


def test_who_sees_nothing_is_not_in_the_record(client: httpx.Client) -> None:
    client.get("/students/RA-1", headers=bearer("wrong-token-of-16-characters"))
    client.get("/students/RA-9/risk")
    client.post("/students/predict", json={"records": [{"lag": 0}]})
    client.get("/students?group=none")
    assert looks(client) == []


def test_looks_are_found_by_student_viewer_and_time_and_come_in_pages(client: httpx.Client) -> None:
    for token, ra in ((ANA, "RA-1"), (RUI, "RA-2"), (ANA, "RA-2")):
        client.get(f"/students/{ra}/risk", headers=bearer(token))
    assert [viewer for viewer, _, _ in looks(client, ra="ra-2")] == ["rui", "ana"]
    assert [student for _, _, student in looks(client, viewer="ana")] == [digest_of("RA-1"), digest_of("RA-2")]
    assert looks(client, until="2020-01-01") == []
    assert len(looks(client, since="2020-01-01")) == 3
    first = client.get("/students/access?limit=2").json()
    second = client.get("/students/access", params={"limit": 2, "before": first["before"]}).json()
    assert [each["viewer"] for each in first["looks"] + second["looks"]] == ["ana", "rui", "ana"]
    assert second["before"] is None
    rows = list(csv.DictReader(StringIO(client.get("/students/access?format=csv").text)))
    assert [row["role"] for row in rows] == ["viewer"] * 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/students/access"),
        ("DELETE", "/students/RA-1"),
        ("POST", "/students/train"),
        ("POST", "/students/model/reload"),
    ],
)
def test_viewers_look_and_do_nothing_else(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path, headers=bearer(ANA)).status_code == 403
    assert client.get("/students/RA-1").status_code == 200


def test_nothing_is_shown_while_the_record_cannot_be_written(client: httpx.Client, settings: Any) -> None:
    file = sqlite_file(tables_address(settings, "students"))
    assert file is not None
    assert client.get("/students/RA-2/risk").status_code == 200
    file.unlink()
    file.mkdir()
    for path in ("/students/RA-2", "/students/RA-2/risk", "/students", "/students?format=csv"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "RA-2" not in answer.text.replace(path, "")
    file.rmdir()
    assert client.get("/students/RA-2/risk").status_code == 200


def test_many_looks_at_once_are_all_in_the_record(client: httpx.Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get("/students/RA-2/risk").status_code, range(64)))
    assert answers == [200] * 64
    assert len(looks(client, ra="RA-2")) == 64
