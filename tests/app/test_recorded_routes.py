"""Every route that changes what users get writes exactly one entry into the record of decisions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr

from app.main import create_app
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.airflow_double import airflow
from tests.app.conftest import TOKEN, serving, until
from tests.app.recruiting.releases import make_release as make_recruiting
from tests.app.requests_of_routes import CASES, Route, Site
from tests.app.shell.sessions import log_in
from tests.app.students.releases import make_release as make_students

USE_CASES = ("news", "students", "recruiting")
APP = create_app(Settings())
ROUTES = {
    (method, route.path_format.replace(":path", ""))
    for route in APP.routes
    if isinstance(route, APIRoute)
    for method in route.methods - {"GET", "HEAD", "OPTIONS"}
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("recorded")
    made = {"students": make_students(root / "students"), "recruiting": make_recruiting(root / "recruiting")}
    with airflow() as double:
        double.dags |= {"students_training": ("run_id",), "students_data": ("run_id",)}
        settings = Settings(
            data_dir=root / "data",
            models_uri=str(root / "models"),
            evaluation_dir=root / "evaluation",
            cache_dir=root / "cache",
            release_poll_seconds=0.05,
            admin_token=SecretStr(TOKEN),
            airflow_url=double.address,
            airflow_username="pauta",
            airflow_password=SecretStr("right"),
            use_cases=",".join(USE_CASES),
        )
        for name in USE_CASES:
            releases = Releases(f"{settings.models_uri}/{name}")
            for version in (f"{name[0]}1", f"{name[0]}2"):
                releases.publish(made.get(name, folders["Velha"]), version, run_id="run-1")
                releases.promote(version, "test")
        with serving(settings) as client:
            until(lambda: all(client.get(f"/ready?use_case={name}").status_code == 200 for name in USE_CASES))
            client.headers.update({"Authorization": f"Bearer {TOKEN}"})
            with log_in(client, TOKEN) as browser:
                yield Site(client, browser, double)


def record_of(site: Site) -> list[dict[str, Any]]:
    """The newest entries of the record, the newest first."""
    found: list[dict[str, Any]] = site.made("GET", "/audit?limit=50")["entries"]
    return found


def test_every_route_has_a_request_here_and_every_request_a_route() -> None:
    assert set(CASES) == ROUTES, "write a request of the new route into requests_of_routes.py"
    assert all(bool(case.what) != bool(case.why_none) for case in CASES.values())


@pytest.mark.slow
@pytest.mark.parametrize("route", CASES, ids=" ".join)
def test_a_request_that_succeeds_has_exactly_one_entry_or_a_reason_for_none(site: Site, route: Route) -> None:
    case = CASES[route]
    request = case.request(site)
    before = record_of(site)
    answer = site.client.send(request)
    assert answer.is_success or answer.status_code == 303, answer.text
    new = [entry for entry in record_of(site) if not before or entry["number"] > before[0]["number"]]
    expected = [(case.what, "token:admin", " ".join(route))] if case.what else []
    assert [(entry["what"], entry["who"], entry["evidence"]["route"]) for entry in new] == expected
