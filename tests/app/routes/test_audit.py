"""GET /audit: the record of decisions in pages, by filters, as JSON and CSV."""

import csv
from io import StringIO
from pathlib import Path

from fastapi.routing import APIRoute
from pydantic import SecretStr

from app.routes.audit import router
from app.security.route_roles import requirement_of
from script_shared.audit.trail import record_once
from script_shared.decisions.decision import Decision
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving

ADMIN = {"Authorization": f"Bearer {TOKEN}"}


def test_the_record_is_shown_in_pages_by_filters_and_as_a_file(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, models_uri=str(tmp_path / "models"), use_cases="students", admin_token=SecretStr(TOKEN)
    )
    for number in range(1, 4):
        record_once(settings, Decision("guard", "rollback", "x", f"v{number}", why="=worse", evidence={"n": number}))
    record_once(settings, Decision("token:ana", "editorial", "y"))
    with serving(settings) as client:
        client.headers.update(ADMIN)
        first = client.get("/audit?use_case=x&limit=2").json()
        assert [entry["evidence"] for entry in first["entries"]] == [{"n": 3}, {"n": 2}]
        rest = client.get("/audit", params={"use_case": "x", "limit": 2, "before": first["before"]}).json()
        assert [entry["from"] for entry in rest["entries"]] == ["v1"]
        assert rest["before"] is None
        assert [entry["who"] for entry in client.get("/audit?what=editorial").json()["entries"]] == ["token:ana"]
        assert client.get("/audit?until=2020-01-01").json()["entries"] == []
        assert client.get("/audit?since=2020-01-01&who=guard").json()["entries"][0]["number"] == 3
        answer = client.get("/audit?format=csv&what=rollback")
        rows = list(csv.DictReader(StringIO(answer.text)))
        assert [row["evidence"] for row in rows] == ['{"n":3}', '{"n":2}', '{"n":1}']
        assert rows[0]["why"] == "'=worse"
        for wrong in ("what=nothing", "since=soon", "limit=0", "before=0"):
            assert client.get(f"/audit?{wrong}").status_code == 422


def test_operators_read_the_record_as_on_their_page() -> None:
    (route,) = (route for route in router.routes if isinstance(route, APIRoute))
    needed = requirement_of(route)
    assert needed is not None
    assert needed.role == "operator"
