"""A working request of every route that is sent with another method than GET, and what the record must have of it."""

from collections.abc import Callable
from typing import Any

import httpx

from script_shared.times import iso
from tests.app.conftest import TOKEN
from tests.app.releases_made import NOW_MS
from tests.app.request_cases import Case, Site, api, form, new_name, sent
from tests.app.requests_of_recruiting import RECRUITING
from tests.app.shell.sessions import form_key

Route = tuple[str, str]  # method and path
CONFIRMED = {"reason": "the editors asked for it", "confirmed": "yes"}
TAKE_DOWN = {"kind": "take_down", "about": {"by": "article", "name": "a30"}, "reason": "for a test"}
PIN = {"kind": "pin", "by": "article", "place": "1", "end": iso(NOW_MS + 3_600_000)[:16], "reason": "final"}
VARIANTS = [{"name": "on", "share": 0.5}, {"name": "off", "share": 0.1, "ranker": False}]
STUDENT = {"records": [{"lag": -1, "ida": 6.0, "ieg": 7.0}]}
PAIR = {"candidate": {"cv_text": "SAP MM e ABAP."}, "vacancy": {"title": "Consultor", "skills_text": "SAP MM"}}
QUARANTINE = "/operations/news/quarantine"


def _rule(site: Site) -> Any:
    return site.made("POST", "/rules", json=TAKE_DOWN | {"about": {"by": "article", "name": new_name()}})


def _event(site: Site) -> str:
    name = new_name()
    site.made("POST", "/events", json={"event_id": name, "session": name, "page": "a30", "time": NOW_MS - 5_000})
    return name


def _stop_all(site: Site) -> None:
    for each in site.made("GET", "/experiments")["experiments"]:
        if each["state"] == "running":
            site.made("POST", f"/experiments/{each['name']}/stop", json={})


def _experiment(site: Site) -> str:
    _stop_all(site)
    name = new_name()
    site.made("POST", "/experiments", json={"name": name, "variants": VARIANTS})
    return name


def _quarantine(site: Site) -> str:
    return str(site.made("POST", "/quarantine", json={"users": [new_name()], "reason": "for a test"})["id"])


def _token(site: Site) -> str:
    name = new_name()
    site.made("POST", "/tokens", json={"name": name, "role": "viewer"})
    return name


def _start_experiment(site: Site) -> httpx.Request:
    _stop_all(site)
    return site.client.build_request("POST", "/experiments", json={"name": new_name(), "variants": VARIANTS})


def _log_in(site: Site) -> httpx.Request:
    return httpx.Request("POST", site.client.base_url.join("/login"), data={"token": TOKEN})


def _log_out(site: Site) -> httpx.Request:
    token = site.made("POST", "/tokens", json={"name": new_name(), "role": "viewer"})["token"]
    with httpx.Client(base_url=site.client.base_url, timeout=site.client.timeout) as own:
        assert own.post("/login", data={"token": token}).status_code == 303
        key = form_key(own.get("/operations/news/releases"))
        return own.build_request("POST", "/logout", data={"form_key": key})


def _shares(site: Site) -> httpx.Request:
    body = {"version": 1, "shares": {"off": 0.2}}
    return site.client.build_request("PUT", f"/experiments/{_experiment(site)}", json=body)


def _change_rule(site: Site) -> httpx.Request:
    made = _rule(site)
    body = TAKE_DOWN | {"about": made["about"], "reason": "another", "version": made["version"]}
    return site.client.build_request("PUT", f"/rules/{made['rule_id']}", json=body)


READS: dict[str, Callable[[Site], httpx.Request]] = {
    "/news/list": sent("POST", "/news/list", json={"user": "log1"}),
    "/predict": sent("POST", "/predict", json={"userId": "log1"}),
    "/recommendations": sent("POST", "/recommendations", json={"user_id": "log1"}),
    "/rules/preview": sent("POST", "/rules/preview", json=TAKE_DOWN),
    "/students/predict": sent("POST", "/students/predict", json=STUDENT),
    "/students/batch": sent("POST", "/students/batch", json=STUDENT),
    "/students/predict/{ra}": sent("POST", "/students/predict/RA-2"),
    "/predict/{ra}": sent("POST", "/predict/RA-2"),
    "/students/{ra}/what-if": sent("POST", "/students/RA-2/what-if", json={"ieg": 9.0}),
    "/students/page/{ra}": form("/students/page/RA-2", ieg="9"),
    "/recruiting/match": sent("POST", "/recruiting/match", json={"pairs": [PAIR]}),
}
CASES: dict[Route, Case] = {
    ("POST", "/articles"): Case("editorial", sent("POST", "/articles", json={"page": "a30", "hidden": True})),
    ("PUT", "/events/{event_id}"): Case("correction", api("PUT", "/events/{}", _event, json={"page": "a31"})),
    ("DELETE", "/events/{event_id}"): Case("correction", api("DELETE", "/events/{}", _event)),
    ("POST", "/quarantine"): Case("quarantine", sent("POST", "/quarantine", json={"users": ["eve"], "reason": "bot"})),
    ("DELETE", "/quarantine/{quarantine_id}"): Case("quarantine", api("DELETE", "/quarantine/{}", _quarantine)),
    ("DELETE", "/users/{user_id}"): Case("erasure", sent("DELETE", "/users/log0")),
    ("DELETE", "/sessions/{session}"): Case("erasure", api("DELETE", "/sessions/{}", _event)),
    ("POST", "/rules"): Case("editorial", sent("POST", "/rules", json=TAKE_DOWN)),
    ("PUT", "/rules/{rule_id}"): Case("editorial", _change_rule),
    ("DELETE", "/rules/{rule_id}"): Case(
        "editorial", api("DELETE", "/rules/{}?version=1", lambda site: _rule(site)["rule_id"])
    ),
    ("POST", "/news/editor/rules/new"): Case("editorial", form("/news/editor/rules/new", do="save", name="a12", **PIN)),
    ("POST", "/news/editor/rules/{rule_id}"): Case(
        "editorial",
        lambda site: site.form(f"/news/editor/rules/{_rule(site)['rule_id']}", do="remove", version="1"),
    ),
    ("POST", "/news/editor/take-down"): Case("editorial", form("/news/editor/take-down", page="a44")),
    ("POST", "/operations/news/quarantine"): Case("quarantine", form(QUARANTINE, users="eve", **CONFIRMED)),
    ("POST", "/operations/news/quarantine/{quarantine_id}/end"): Case(
        "quarantine", lambda site: site.form(f"{QUARANTINE}/{_quarantine(site)}/end", **CONFIRMED)
    ),
    ("POST", "/operations/{use_case}/experiments/{name}/stop"): Case(
        "experiment",
        lambda site: site.form(f"/operations/news/experiments/{_experiment(site)}/stop", version="1", **CONFIRMED),
    ),
    ("POST", "/operations/{use_case}/move/{action}"): Case(
        "rollback", form("/operations/students/move/rollback", in_service="s2", **CONFIRMED)
    ),
    ("POST", "/operations/{use_case}/start"): Case(
        "training", form("/operations/news/start", dag="training", **CONFIRMED)
    ),
    ("POST", "/experiments"): Case("experiment", _start_experiment),
    ("PUT", "/experiments/{name}"): Case("experiment", _shares),
    ("POST", "/experiments/{name}/stop"): Case("experiment", api("POST", "/experiments/{}/stop", _experiment, json={})),
    ("POST", "/model/reload"): Case("reload", sent("POST", "/model/reload?use_case=news")),
    ("POST", "/train"): Case("training", sent("POST", "/train", json={"dag": "news_training"})),
    ("POST", "/tokens"): Case("token", sent("POST", "/tokens", json={"name": "ana", "role": "viewer"})),
    ("DELETE", "/tokens/{name}"): Case("token", api("DELETE", "/tokens/{}", _token)),
    ("POST", "/students/model/reload"): Case("reload", sent("POST", "/students/model/reload")),
    ("POST", "/students/train"): Case("training", sent("POST", "/students/train")),
    ("DELETE", "/students/{ra}"): Case("erasure", sent("DELETE", "/students/RA-3")),
    ("POST", "/login"): Case("", _log_in, "the session of one person"),
    ("POST", "/logout"): Case("", _log_out, "the session of one person"),
    ("POST", "/events"): Case(
        "",
        sent("POST", "/events", json={"event_id": "e1", "user_id": "ana", "page": "a31"}),
        "events of users are in the event log",
    ),
    **RECRUITING,
    **{
        ("POST", path): Case("", request, "nothing changes: an answer to one reader") for path, request in READS.items()
    },
}
