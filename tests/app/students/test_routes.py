"""The students routes over HTTP, from a release in a store."""

import csv
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.students.database.access_record import digest_of
from script_shared.students.erasure import person_name
from tests.app.conftest import serving, until
from tests.app.students.conftest import ADMIN, is_ready, of_students
from tests.app.students.releases import make_release

RECORD = {"year": 2024, "phase": 1, "ideal_phase": 3, "lag": -2, "ida": 3.0, "ieg": 2.0}
ROUTES = [
    ("GET", "/students"),
    ("GET", "/students/RA-1"),
    ("GET", "/students/RA-1/risk"),
    ("POST", "/students/RA-1/what-if"),
    ("POST", "/students/predict"),
    ("POST", "/students/predict/RA-1"),
    ("POST", "/predict/RA-1"),
    ("POST", "/students/batch"),
    ("GET", "/students/access"),
    ("POST", "/students/train"),
    ("POST", "/students/model/reload"),
    ("DELETE", "/students/RA-1"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nothing_about_children_is_shown_without_a_token(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(
        method, path, headers={"Authorization": "Bearer wrong"}, json={} if method == "POST" else None
    )
    assert answer.status_code == 401
    assert "RA-1" not in answer.text.replace(path, "")


def test_a_risk_has_status_chances_intervals_and_reasons(client: httpx.Client) -> None:
    found = client.get("/students/ra-2/risk").json()
    assert (found["ra"], found["release"], found["status"], found["urgent"]) == ("RA-2", "s1", "critical", True)
    assert sum(found["probabilities"].values()) == pytest.approx(1)
    assert found["critical"]["low"] <= found["critical"]["chance"] <= found["critical"]["high"]
    assert [each["factor"] for each in found["reasons"]] == ["engagement", "learning", "position"]
    assert found["reasons"][0]["sentence"].startswith("Engagement (IEG) raises the risk by")
    assert found["year"] == 2024


def test_reasons_are_said_in_portuguese_too(client: httpx.Client) -> None:
    found = client.get("/students/RA-2/risk?lang=pt").json()
    assert found["reasons"][0]["sentence"].startswith("O engajamento (IEG) aumenta o risco em")
    assert "típico 7,0" in found["reasons"][0]["sentence"]


def test_the_seeds_names_answer_as_the_route_does(client: httpx.Client) -> None:
    found = client.get("/students/RA-2/risk").json()
    assert client.post("/predict/ra-2").json() == found
    assert client.post("/students/predict/RA-2").json() == found
    assert client.post("/predict/RA-9").status_code == 404


def test_nothing_about_children_is_kept_on_the_way(client: httpx.Client) -> None:
    for path in ("/students", "/students/RA-2", "/students/RA-2/risk", "/students?format=csv", "/students/access"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_the_lag_of_a_record_follows_its_phases(client: httpx.Client) -> None:
    given = {name: value for name, value in RECORD.items() if name != "lag"}
    with_lag, without = client.post("/students/predict", json={"records": [RECORD, given]}).json()["risks"]
    assert with_lag == without


@pytest.mark.parametrize("path", ["/students/RA-9", "/students/RA-9/risk"])
def test_an_unknown_student_is_a_404(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "does not know this student" in answer.json()["detail"]


def test_a_record_that_is_not_stored_gets_the_risk_of_the_same_stored_one(client: httpx.Client) -> None:
    found = client.post("/students/predict", json={"records": [RECORD, {"lag": 0}]}).json()
    stored = client.get("/students/RA-2/risk").json()
    assert found["risks"][0]["lagging"]["chance"] == pytest.approx(stored["lagging"]["chance"])
    assert found["risks"][1]["missing"] == ["ida", "ieg"]
    wide = found["risks"][1]["lagging"]
    assert wide["high"] - wide["low"] > 0.1


@pytest.mark.parametrize(
    "body",
    [{"records": []}, {"records": [{"ida": 11}]}, {"records": [{"inde": 7}]}, {"records": [{"phase": 1.5}]}, {}],
)
def test_a_record_that_cannot_be_is_a_422_that_names_the_field(client: httpx.Client, body: Any) -> None:
    answer = client.post("/students/predict", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("records")


def test_a_missing_value_is_refused_where_the_params_say_so(settings: Any, tmp_path: Path) -> None:
    from script_shared.students.params import FILE

    own = tmp_path / "own.toml"
    own.write_text(FILE.read_text().replace('missing = "impute"', 'missing = "refuse"'))
    with serving(of_students(settings, params_file=own)) as client:
        until(lambda: is_ready(client))
        answer = client.post("/students/predict", json={"records": [{"lag": 0}]}, headers=ADMIN)
    assert answer.status_code == 422
    assert "the record lacks ida, ieg" in answer.json()["detail"]


def test_what_if_shows_before_and_after_and_the_lag_follows_the_phase(client: httpx.Client) -> None:
    found = client.post("/students/RA-2/what-if", json={"phase": 3, "ieg": 9.0}).json()
    assert found["before"]["lagging"]["chance"] > found["after"]["lagging"]["chance"]
    same = client.post("/students/RA-2/what-if", json={"lag": 0, "ieg": 9.0}).json()
    assert same["after"]["lagging"] == found["after"]["lagging"]
    assert client.get("/students/RA-2/risk").json()["lagging"] == pytest.approx(found["before"]["lagging"])


def test_the_list_begins_with_the_highest_risk_and_has_pages_and_filters(client: httpx.Client) -> None:
    found = client.get("/students").json()
    assert [each["ra"] for each in found["students"]] == ["RA-2", "RA-1", "RA-3"]
    assert client.get("/students?limit=1&offset=1").json()["students"][0]["ra"] == "RA-1"
    assert client.get("/students?group=1B").json()["total"] == 1
    assert client.get("/students?group=none").json()["total"] == 0
    assert client.get("/students?phase=4").json()["students"][0]["ra"] == "RA-3"
    assert client.get("/students?year=2023").json()["students"][0]["ra"] == "RA-4"
    assert all(each["urgent"] for each in client.get("/students?urgent=true").json()["students"])


def test_the_list_as_csv_holds_no_formula(client: httpx.Client) -> None:
    answer = client.get("/students?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["ra"] for row in rows] == ["RA-2", "RA-1", "RA-3"]
    assert rows[2]["group"] == "'=4C"


def test_a_student_over_the_years(client: httpx.Client) -> None:
    found = client.get("/students/RA-1").json()
    assert [(each["year"], each["status"]) for each in found["years"]] == [(2023, "expected"), (2024, "alert")]
    assert found["group"] == "2A"


def test_an_erased_student_is_unknown_to_every_route_and_every_process(client: httpx.Client, settings: Any) -> None:
    assert client.delete("/students/ra-2").json() == {"erased": True}
    for path in ("/students/RA-2", "/students/RA-2/risk"):
        assert client.get(path).status_code == 404
    assert client.post("/students/RA-2/what-if", json={}).status_code == 404
    assert [each["ra"] for each in client.get("/students").json()["students"]] == ["RA-1", "RA-3"]
    assert "RA-2" not in client.get("/students?format=csv").text
    assert client.delete("/students/RA-2").json() == {"erased": True}  # as a proxy may send it twice
    with serving(settings) as other:
        until(lambda: is_ready(other))
        assert other.get("/students/RA-2/risk", headers=ADMIN).status_code == 404
        assert other.get("/students/RA-1/risk", headers=ADMIN).status_code == 200


def test_an_erasure_by_another_process_counts_within_a_second(client: httpx.Client, settings: Any) -> None:
    assert client.get("/students/RA-3/risk").status_code == 200
    EventLog(settings.events_address).erase(person_name("RA-3"))
    until(lambda: client.get("/students/RA-3/risk").status_code == 404)
    page = client.get("/students?limit=2").json()
    assert (page["total"], [each["ra"] for each in page["students"]]) == (2, ["RA-2", "RA-1"])


def test_the_model_card_is_served(client: httpx.Client) -> None:
    card = client.get("/model?use_case=students").json()
    assert (card["students"], card["card"]["purpose"]) == (4, "made for a test")


def test_a_damaged_release_is_refused_and_the_one_before_serves(
    settings: Any, client: httpx.Client, tmp_path: Path
) -> None:
    folder = make_release(tmp_path / "damaged")
    (folder / "risk.json").write_text("{}")
    releases = Releases(f"{settings.models_uri}/students")
    releases.publish(folder, "s2")
    releases.promote("s2", "test")
    until(lambda: client.get("/ready?use_case=students").json()["refused"])
    assert client.get("/students/RA-2/risk").json()["release"] == "s1"


def test_no_id_of_a_student_is_in_logs_or_metrics(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in ("/students/RA-2", "/students/RA-2/risk", "/students/RA-77", "/students"):
            client.get(path)
        client.post("/students/RA-2/what-if", json={"ida": "RA-2"})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("pauta")]
    assert lines
    assert not [line for line in lines if "RA-" in line]
    assert "RA-" not in client.get("/metrics").text


def test_the_list_as_csv_has_every_student_of_the_filter_and_each_is_a_look(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.students.exports.PART", 2)
    answer = client.get("/students?format=csv&limit=1&offset=1")
    assert "Content-Length" not in answer.headers
    rows = list(csv.DictReader(StringIO(answer.text)))
    shown = client.get("/students").json()["students"]
    assert [row["ra"] for row in rows] == [each["ra"] for each in shown] == ["RA-2", "RA-1", "RA-3"]
    assert [float(row["critical"]) for row in rows] == [each["critical"] for each in shown]
    looks = client.get("/students/access").json()["looks"]
    assert [each["student"] for each in looks[3:]] == [digest_of(ra) for ra in ("RA-3", "RA-1", "RA-2")]
    assert client.get("/students?format=csv&group=none").text.count("\n") == 1


def test_a_student_who_is_erased_while_the_list_is_sent_is_in_no_later_part(
    client: httpx.Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.students.exports.PART", 1)
    monkeypatch.setattr("app.erased_people.SECONDS", 0.0)
    from app.students import exports

    real = exports.risk_line

    def slow(model: Any, place: int) -> dict[str, Any]:
        EventLog(settings.events_address).erase(person_name("RA-3"))
        return real(model, place)

    monkeypatch.setattr(exports, "risk_line", slow)
    assert [row["ra"] for row in csv.DictReader(StringIO(client.get("/students?format=csv").text))] == ["RA-2", "RA-1"]
