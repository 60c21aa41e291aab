"""Risks of files of records over HTTP."""

import csv
import json
from io import StringIO
from typing import Any

import httpx
import pytest

RECORD = {"year": 2024, "phase": 1, "ideal_phase": 3, "ida": 3.0, "ieg": 2.0}
CSV = "ref,Year,phase,ideal_phase,ida,ieg\na1,2024,1,3,3.0,2.0\n=b,2024,4,4,9,\n"


def send(client: httpx.Client, content: str, kind: str, **query: Any) -> httpx.Response:
    return client.post("/students/batch", content=content.encode(), headers={"Content-Type": kind}, params=query)


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_json_csv_and_lines_get_the_same_risks(client: httpx.Client) -> None:
    stored = client.get("/students/RA-2/risk").json()
    as_json = lines(send(client, json.dumps([RECORD]), "application/json"))[0]
    wrapped = lines(send(client, json.dumps({"records": [RECORD]}), "application/json"))[0]
    as_line = lines(send(client, json.dumps(RECORD) + "\n\n", "application/x-ndjson"))[0]
    as_csv = lines(send(client, CSV, "text/csv; charset=utf-8"))[0]
    for found in (as_json, wrapped, as_line, as_csv):
        assert found["lagging"]["chance"] == pytest.approx(stored["lagging"]["chance"])
        assert (found["line"], found["status"], found["year"]) == (1, "critical", 2024)
    assert (as_csv["ref"], as_json["ref"]) == ("a1", None)
    assert as_csv["reasons"] == stored["reasons"]


def test_a_spreadsheet_with_semicolons_and_decimal_commas_is_understood(client: httpx.Client) -> None:
    found = lines(send(client, "\ufeffref;phase;ideal_phase;ida;ieg\nx,1;1;3;3,0;2,0\n", "text/csv"))[0]
    assert found["ref"] == "x,1"
    assert found["lagging"] == client.get("/students/RA-2/risk").json()["lagging"]


def test_the_answer_as_csv_is_a_table_without_formulas(client: httpx.Client) -> None:
    answer = send(client, CSV, "text/csv", format="csv", lang="pt")
    assert answer.headers["Content-Type"].startswith("text/csv")
    first, second = csv.DictReader(StringIO(answer.text))
    assert (first["status"], second["ref"], second["missing"]) == ("critical", "'=b", "ieg")
    assert first["reasons"].startswith("O engajamento (IEG) aumenta")
    assert float(first["expected"]) + float(first["alert"]) + float(first["critical"]) == pytest.approx(1)


def test_a_wrong_record_is_an_error_in_its_line_and_the_others_are_answered(client: httpx.Client) -> None:
    wrong = ['{"ida": 11}', '{"inde": 7}', '{"phase": "RA-77"}', "[1]", "{", '{"ida": 5}']
    found = lines(send(client, "\n".join(wrong), "application/x-ndjson"))
    assert [each.get("error", "").partition(":")[0] for each in found] == [
        "ida",
        "inde",
        "phase",
        "record",
        "record",
        "",
    ]
    assert "RA-77" not in json.dumps(found)
    table = send(client, "\n".join(wrong), "application/x-ndjson", format="csv").text
    assert [row["error"] != "" for row in csv.DictReader(StringIO(table))] == [True] * 5 + [False]


def test_the_error_of_a_record_has_the_senders_name_of_it(client: httpx.Client) -> None:
    wrong = [{"ref": "a", "ida": 11}, {"ref": 7, "ida": 5}, {"ref": "x" * 65}, {"ida": 11}]
    found = lines(send(client, json.dumps(wrong), "application/json"))
    assert [(each["ref"], "error" in each) for each in found] == [("a", True), *[(None, True)] * 3]


def test_more_records_than_a_part_holds_keep_their_order(client: httpx.Client) -> None:
    records = [{"ref": str(number), "lag": -(number % 3), "ida": 5, "ieg": 5} for number in range(173)]
    found = lines(send(client, json.dumps(records), "application/json", reasons="false"))
    assert [each["ref"] for each in found] == [str(number) for number in range(173)]
    assert [each["line"] for each in found] == list(range(1, 174))
    assert all(each["reasons"] == [] for each in found)


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ("ida,name\n5,x\n", "text/csv", "unknown columns: name"),
        ("{", "application/json", "not valid JSON"),
        ("3", "application/json", "not a list of records"),
        ("[]", "application/json", "0 records"),
        ("ida\n5\n", "text/plain", "no known type"),
        ("ida\n5\n", "", "no known type"),
    ],
)
def test_a_body_that_is_no_file_of_records_is_a_422(client: httpx.Client, content: str, kind: str, said: str) -> None:
    answer = send(client, content, kind)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_record_that_lacks_a_feature_is_an_error_where_the_params_refuse_it(settings: Any, tmp_path: Any) -> None:
    from script_shared.students.params import FILE
    from tests.app.conftest import serving, until
    from tests.app.students.conftest import ADMIN, is_ready, of_students

    own = tmp_path / "own.toml"
    own.write_text(FILE.read_text().replace('missing = "impute"', 'missing = "refuse"'))
    with serving(of_students(settings, params_file=own)) as client:
        until(lambda: is_ready(client))
        client.headers.update(ADMIN)
        found = lines(send(client, json.dumps([{"lag": 0}, RECORD]), "application/json"))
    assert found[0]["error"] == "the record lacks ida, ieg."
    assert found[1]["status"] == "critical"


def test_a_cell_that_is_too_long_for_csv_is_the_senders_error(client: httpx.Client) -> None:
    answer = send(client, f"ref,phase\n{'x' * 200_000},1\n", "text/csv")
    assert answer.status_code == 422, answer.text
    assert "CSV" in answer.json()["detail"]
