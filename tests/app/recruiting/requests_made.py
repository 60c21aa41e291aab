"""Requests of the routes of recruiting."""

from tests.app.recruiting.releases import VACANCY

PAIR = {
    "candidate": {"cv_text": "Experiência com SAP MM e ABAP."},
    "vacancy": {"title": "Consultor", "skills_text": "SAP MM; Java"},
}
ROUTES = [
    ("GET", f"/recruiting/vacancies/{VACANCY}/candidates"),
    ("GET", f"/recruiting/vacancies/{VACANCY}/applicants"),
    ("GET", f"/recruiting/vacancies/{VACANCY}/similar"),
    ("GET", "/recruiting/candidates/10000/vacancies"),
    ("GET", "/recruiting/candidates/10000/similar"),
    ("GET", "/recruiting/search?q=java"),
    ("POST", "/recruiting/match"),
    ("DELETE", "/recruiting/candidates/10000"),
]
