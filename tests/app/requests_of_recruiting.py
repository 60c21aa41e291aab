"""A request of every route of recruiting that changes something."""

from typing import Any

from tests.app.recruiting.releases import VACANCY
from tests.app.request_cases import Case, Site, api, form, new_name, sent

CV = {"cv_text": "SAP EWM"}
NEW_VACANCY = {"title": "Consultor SAP EWM", "skills_text": "SAP EWM", "state": "Bahia"}


def _stored(site: Site, kind: str = "candidates", body: Any = CV) -> str:
    name = new_name()
    site.made("PUT", f"/recruiting/records/{kind}/{name}", json=body)
    return name


def _application(site: Site) -> str:
    """The query that names it."""
    candidate = _stored(site)
    body = {"candidate_id": candidate, "vacancy_id": VACANCY, "status": "Inscrito"}
    site.made("POST", "/recruiting/applications", json=body)
    return f"candidate_id={candidate}&vacancy_id={VACANCY}"


RECRUITING: dict[tuple[str, str], Case] = {
    ("PUT", "/recruiting/records/vacancies/{record_id}"): Case(
        "editorial", sent("PUT", "/recruiting/records/vacancies/new-1", json=NEW_VACANCY)
    ),
    ("DELETE", "/recruiting/records/vacancies/{record_id}"): Case(
        "editorial",
        api(
            "DELETE",
            "/recruiting/records/vacancies/{}?version=1",
            lambda site: _stored(site, "vacancies", NEW_VACANCY),
        ),
    ),
    ("PUT", "/recruiting/records/candidates/{record_id}"): Case(
        "editorial", sent("PUT", "/recruiting/records/candidates/new-7", json=CV)
    ),
    ("DELETE", "/recruiting/candidates/{candidate_id}"): Case(
        "erasure", api("DELETE", "/recruiting/candidates/{}", _stored)
    ),
    ("POST", "/recruiting/applications"): Case(
        "editorial",
        lambda site: site.client.build_request(
            "POST",
            "/recruiting/applications",
            json={"candidate_id": _stored(site), "vacancy_id": VACANCY, "status": "Inscrito"},
        ),
    ),
    ("DELETE", "/recruiting/applications"): Case(
        "editorial", api("DELETE", "/recruiting/applications?version=1&{}", _application)
    ),
    ("POST", "/recruiting/page/new"): Case("editorial", form("/recruiting/page/new", **NEW_VACANCY)),
    ("POST", "/recruiting/page/vacancies/{vacancy_id}/status"): Case(
        "editorial",
        lambda site: site.form(
            f"/recruiting/page/vacancies/{VACANCY}/status", candidate_id=_stored(site), status="Inscrito"
        ),
    ),
}
