"""The table of evaluations over HTTP."""

import json
from pathlib import Path

import httpx
import polars as pl
import pytest

from pipelines.drift import compare, write_figures
from tests.app.conftest import TOKEN, Store

HEADER = "run_id,evaluated_at,source,release,model,segment,metric,cutoff,value,low,high,users,window_start,window_end"
TABLE = f"""{HEADER}
r1,2026-01-01T00:00:00,sample,v1,candidate,logged,ndcg,10,0.25,0.2,0.3,100,a,b
r1,2026-01-01T00:00:00,sample,v1,popularity_1h,logged,ndcg,10,nan,,,0,a,b
r2,2026-01-02T00:00:00,sample,v2,candidate,logged,ndcg,10,0.5,0.4,0.6,100,a,b
r2,2026-01-02T00:00:00,sample,v2,candidate,all,coverage,,0.1,,,200,a,b
"""


@pytest.fixture
def table(store: Store) -> Path:
    store.settings.evaluation_dir.mkdir()
    path = store.settings.evaluation_dir / "evaluation_metrics.csv"
    path.write_text(TABLE)
    return path


def test_rows_come_with_numbers_and_null_where_nothing_could_be_measured(table: Path, client: httpx.Client) -> None:
    answer = client.get("/evaluation/metrics").json()
    assert answer["count"] == 4
    first, second = answer["rows"][:2]
    assert (first["cutoff"], first["value"], first["low"], first["users"]) == (10, 0.25, 0.2, 100)
    assert (second["value"], second["low"], second["users"]) == (None, None, 0)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"run_id": "r1"}, [0.25, None]),
        ({"model": "candidate", "metric": "ndcg"}, [0.25, 0.5]),
        ({"segment": "all"}, [0.1]),
        ({"cutoff": 10, "latest": True}, [0.5]),
        ({"run_id": "r1", "latest": True}, [0.25, None]),
        ({"segment": "nobody"}, []),
    ],
)
def test_rows_are_chosen_by_their_values(
    table: Path, client: httpx.Client, query: dict[str, str], values: list[float | None]
) -> None:
    rows = client.get("/evaluation/metrics", params=query).json()["rows"]
    assert [row["value"] for row in rows] == values


def test_before_the_first_evaluation_there_are_no_rows(client: httpx.Client) -> None:
    assert client.get("/evaluation/metrics").json() == {"count": 0, "rows": []}


def test_new_rows_are_seen(table: Path, client: httpx.Client) -> None:
    client.get("/evaluation/metrics")
    table.write_text(TABLE + "r3,2026-01-03T00:00:00,sample,v3,candidate,logged,ndcg,10,0.75,0.7,0.8,100,a,b\n")
    latest = client.get("/evaluation/metrics", params={"latest": True}).json()
    assert [row["value"] for row in latest["rows"]] == [0.75]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", f"{HEADER}\nr1,x\n".encode(), b"\xff\xfe\x00"])
def test_a_table_that_is_none_is_told_as_unavailable(table: Path, client: httpx.Client, content: bytes) -> None:
    table.write_bytes(content)
    response = client.get("/evaluation/metrics")
    assert response.status_code == 503
    assert "evaluation_metrics.csv" in response.json()["detail"]


def test_an_unknown_filter_is_refused(client: httpx.Client) -> None:
    assert client.get("/evaluation/metrics", params={"segmnt": "all"}).status_code == 422


def test_drift_is_that_of_the_newest_data_and_for_admins(store: Store, client: httpx.Client) -> None:
    assert client.get("/evaluation/drift").status_code in (401, 403)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    before = client.get("/evaluation/drift", headers=headers)
    assert before.status_code == 404
    assert before.json()["detail"] == "No data of news have been compared yet; the DAG news_data compares them."
    table = pl.DataFrame({"age": [1.0, 2.0, 3.0] * 40})
    drift = compare(table, table + 9, names=("before", "now"), numbers=["age"], used=["age"])
    write_figures(store.settings.evaluation_dir / "news", {"long_term": drift}, "r1")
    found = client.get("/evaluation/drift", params={"use_case": "news"}, headers=headers).json()
    assert found["run_id"] == "r1"
    assert found["comparisons"]["long_term"]["alarm"] is True
    assert found["comparisons"]["long_term"]["columns"][0]["column"] == "age"


def test_the_release_in_service_is_shown_with_its_sentence_and_history_to_operators(
    store: Store, client: httpx.Client
) -> None:
    assert client.get("/evaluation").status_code in (401, 403)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    before = client.get("/evaluation", headers=headers)
    assert before.status_code == 404
    assert "news_evaluation" in before.json()["detail"]
    row = {"kind": "source", "group": "ranker", "clicks": 9, "own": 0.3, "rival": "most_read_1h", "rival_value": 0.2}
    row |= {"lead": 0.1, "low": 0.05, "high": None, "verdict": "yes"}
    one = {"run_id": "r1.service", "evaluated_at": "2026-01-01T00:00:00+00:00", "release": "v1", "verdict": "yes"}
    one |= {"window_start": "a", "window_end": "b", "standings": [row]}
    content = {**one, "sentence": "It does.", "judged": {"metric": "ndcg", "cutoff": 10}, "history": [one]}
    folder = store.settings.evaluation_dir / "news"
    folder.mkdir(parents=True)
    (folder / "service.json").write_text(json.dumps(content))
    assert client.get("/evaluation", headers=headers).json() == content
    text = client.get("/metrics").text
    assert 'pauta_service_lead{group="ranker",kind="source",use_case="news"} 0.1' in text
    assert "pauta_service_lead_high{" not in text
    (folder / "service.json").unlink()
    assert client.get("/evaluation", headers=headers).status_code == 404
    assert "pauta_service_lead{" not in client.get("/metrics").text
