"""What operators see and do; viewers only see; every action is confirmed, has a reason, and is in the record once."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from script_shared.errors import UnavailableError
from tests.app.conftest import release_of, until
from tests.app.operations.conftest import Site
from tests.app.shell.sessions import form_key, log_in, text_of

CASE = "/operations/news"
PAGES = (
    "/operations",
    *(f"{CASE}/{tab}" for tab in ("releases", "runs", "drift", "start")),
    f"{CASE}/compare?a=v1&b=v2",
)
GOOD = {"reason": "the editors asked for it", "confirmed": "yes"}


@pytest.fixture(params=["viewer", "operator"])
def person(request: Any, site: Site) -> Iterator[httpx.Client]:
    with log_in(site.client, site.tokens[request.param]) as own:
        yield own


@pytest.fixture
def operator(site: Site) -> Iterator[httpx.Client]:
    with log_in(site.client, site.tokens["operator"]) as own:
        yield own


def send(own: httpx.Client, action: str, **fields: str) -> httpx.Response:
    """Send the form of an action."""
    key = form_key(own.get(f"{CASE}/releases"))
    path = action if action == "start" else f"move/{action}"
    return own.post(f"{CASE}/{path}", data={"form_key": key, **fields})


def entries(site: Site, what: str) -> list[dict[str, Any]]:
    """Entries of the record, the newest first."""
    headers = {"Authorization": f"Bearer {site.tokens['admin']}"}
    found: list[dict[str, Any]] = site.client.get("/audit", params={"what": what}, headers=headers).json()["entries"]
    return found


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown_to_viewers_and_to_nobody_without_a_login(
    site: Site, person: httpx.Client, path: str
) -> None:
    assert person.get(path).status_code == 200
    answer = site.client.get(path)
    assert answer.status_code == 303
    assert "login" in answer.headers["Location"]


def test_releases_show_figures_with_intervals_verdicts_and_moves(person: httpx.Client) -> None:
    text = text_of(person.get(f"{CASE}/releases"))
    assert "0.3000 0.2500–0.3500" in text
    assert "batch recall@10" in text
    assert "promoted 2" in text
    assert "accepted" in text
    assert "reason 1" in text


def test_two_releases_stand_beside_each_other_with_what_changed(person: httpx.Client) -> None:
    text = text_of(person.get(f"{CASE}/compare?a=v1&b=v2"))
    assert "+0.1000" in text
    assert "logged.als.factors 8 16" in text
    assert "data_end_ms 1 2" in text
    assert person.get(f"{CASE}/compare?a=v1&b=v9").status_code == 404


def test_a_viewer_has_no_forms_and_may_not_send_them(site: Site) -> None:
    with log_in(site.client, site.tokens["viewer"]) as own:
        for tab in ("releases", "start"):
            assert 'name="reason"' not in own.get(f"{CASE}/{tab}").text
        for action in ("promote", "rollback", "pin", "unpin", "start"):
            assert send(own, action, version="v1", in_service="v2", dag="training", **GOOD).status_code == 403
        assert own.get("/operations/record").status_code == 403
    assert release_of(site.client) == "v2"


def test_a_token_of_one_use_case_sees_only_this_one(site: Site) -> None:
    with log_in(site.client, site.tokens["students"]) as own:
        page = own.get("/operations").text
        assert "operations/students/releases" in page
        assert "operations/news" not in page
        assert own.get("/operations/students/releases").status_code == 200
        assert own.get(f"{CASE}/releases").status_code == 403
        assert own.get("/operations/students/elsewhere").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"confirmed": ""}, {"reason": ""}, {"reason": "   x  "}, {"reason": "x" * 501}, {"version": "../v1"}]
)
@pytest.mark.parametrize("action", ["promote", "pin"])
def test_an_action_without_a_confirmation_or_reason_changes_nothing(
    site: Site, operator: httpx.Client, action: str, wrong: dict[str, str]
) -> None:
    before = site.releases.current()
    answer = send(operator, action, **{"version": "v1", "in_service": "v2", **GOOD, **wrong})
    assert answer.status_code == 422
    assert site.releases.current() == before


def test_an_operator_goes_back_and_forth_and_each_move_is_recorded_once(site: Site, operator: httpx.Client) -> None:
    moves = [("rollback", {}, "v2", "v1"), ("promote", {"version": "v2"}, "v1", "v2")]
    for what, fields, before, after in moves:
        count = len(entries(site, what))
        answer = send(operator, what, in_service=before, **fields, **GOOD)
        assert answer.status_code == 303, text_of(answer)
        until(lambda: release_of(site.client) == after)  # noqa: B023
        found = entries(site, what)
        assert len(found) == count + 1
        assert [found[0][name] for name in ("who", "from", "to", "why")] == [
            "token:operator",
            before,
            after,
            GOOD["reason"],
        ]
    pointer = site.releases.current()
    assert pointer is not None
    assert (pointer.by, pointer.reason) == ("operator", GOOD["reason"])


@pytest.mark.parametrize(("action", "version"), [("promote", "v1"), ("rollback", "")])
def test_who_saw_another_release_in_service_changes_nothing(
    site: Site, operator: httpx.Client, action: str, version: str
) -> None:
    answer = send(operator, action, version=version, in_service="v1" if action == "rollback" else "v9", **GOOD)
    assert answer.status_code == 409
    assert release_of(site.client) == "v2"


def test_a_release_is_protected_with_a_reason_and_no_longer(site: Site, operator: httpx.Client) -> None:
    count = len(entries(site, "configuration"))
    assert send(operator, "pin", version="v1", **GOOD).status_code == 303
    pointer = site.releases.current()
    assert pointer is not None
    assert [(pin.version, pin.by, pin.reason) for pin in pointer.pins] == [("v1", "operator", GOOD["reason"])]
    assert "protected" in text_of(operator.get(f"{CASE}/releases"))
    assert send(operator, "unpin", version="v1", **GOOD).status_code == 303
    assert send(operator, "unpin", version="v1", **GOOD).status_code == 409
    assert len(entries(site, "configuration")) == count + 2


def test_where_the_store_cannot_be_written_airflow_does_it(
    site: Site, operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UnavailableError("The store is read-only.")

    monkeypatch.setattr("script_shared.releases.store.Releases.promote", refuse)
    count = len(entries(site, "promote"))
    answer = send(operator, "promote", version="v1", in_service="v2", **GOOD)
    assert answer.status_code == 503
    assert "Airflow does not know the DAG releases" in text_of(answer)
    site.airflow.dags["releases"] = ("use_case", "action", "version", "reason", "by", "in_service")
    answer = send(operator, "promote", version="v1", in_service="v2", **GOOD)
    assert answer.status_code == 200
    assert "It takes effect when the run ends" in answer.text
    wanted = {"action": "promote", "version": "v1", "in_service": "v2", "reason": GOOD["reason"], "by": "operator"}
    assert site.airflow.asked[-1] == ("releases", {"use_case": "news", **wanted})
    assert len(entries(site, "promote")) == count  # the run writes it


def test_a_run_is_started_with_the_params_that_a_person_changed(site: Site, operator: httpx.Client) -> None:
    count = len(entries(site, "training"))
    answer = send(operator, "start", **{"dag": "training", "param.force": "refuse", "param.run_id": "", **GOOD})
    assert answer.status_code == 200
    assert "https://airflow.example/dags/news_training/runs/" in answer.text
    assert site.airflow.asked[-1] == ("news_training", {"force": "refuse"})
    assert entries(site, "training")[0]["why"] == GOOD["reason"]
    answer = send(operator, "start", **{"dag": "data", "param.source": "elsewhere", **GOOD})
    assert answer.status_code == 422
    assert "is not one of" in text_of(answer)
    assert send(operator, "start", dag="other", **GOOD).status_code == 422
    assert len(entries(site, "training")) == count + 1


def test_without_airflow_the_page_says_so(site: Site, operator: httpx.Client) -> None:
    page = text_of(operator.get("/operations/students/start"))
    assert "Airflow does not know the DAG students_data" in page


def test_reports_run_their_script_without_the_session_and_nothing_else_is_served(person: httpx.Client) -> None:
    page = person.get(f"{CASE}/runs").text
    for name in ("run-2.html", "run-2-data-card.html", "run-2-drift.html"):
        assert f"/reports/{name}" in page
        answer = person.get(f"{CASE}/reports/{name}")
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-scripts;")
    for name in ("..%2Fsecret.html", "drift.json", "run-9.html", ".hidden.html", "%2e%2e/secret.html"):
        assert person.get(f"{CASE}/reports/{name}").status_code == 404


def test_drift_is_a_verdict_a_plot_and_every_number(person: httpx.Client) -> None:
    page = person.get(f"{CASE}/drift").text
    assert "today differs largely in read.section." in page
    assert page.count('<figure class="plot"') == 2
    assert "0.410" in page
    assert "<b></th>" not in page


def test_the_record_is_filtered_paged_and_a_file(site: Site, operator: httpx.Client) -> None:
    send(operator, "pin", version="v1", **GOOD)
    send(operator, "unpin", version="v1", **GOOD)
    page = operator.get("/operations/record", params={"what": "configuration", "who": "token:operator"})
    assert GOOD["reason"] in page.text
    assert "promoted 1" not in page.text
    assert GOOD["reason"] not in operator.get("/operations/record?until=2020-01-01").text
    answer = operator.get("/operations/record?format=csv&what=configuration")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert GOOD["reason"] in answer.text
    assert operator.get("/operations/record?since=yesterday").status_code == 422
    for wrong in ("?before=0", "?what=%00", "?format=pdf"):
        assert operator.get(f"/operations/record{wrong}").status_code == 422


def test_links_lead_to_the_tools_of_the_settings(person: httpx.Client) -> None:
    page = person.get(f"{CASE}/runs").text
    for address in (
        "https://airflow.example/dags/news_training/runs",
        "https://mlflow.example/#/models/pauta-news",
        "https://grafana.example/d/pauta-models",
    ):
        assert address in page


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_complete_in_portuguese(person: httpx.Client, path: str) -> None:
    page = person.get(path, params={"lang": "pt"} if "?" not in path else None, headers={"Accept-Language": "pt"})
    assert page.status_code == 200
    assert re.search('<html lang="pt-BR">', page.text)
