"""The recruiting use case on the side of the API: its loader and its routes."""

from app.recruiting.release_loader import RecruitingLoader
from app.recruiting.routes import candidates, contacts, match, records, search, vacancies
from app.use_case import AppUseCase

RECRUITING = AppUseCase(
    name="recruiting",
    loader=RecruitingLoader.of,
    routers=(match.router, search.router, records.router, vacancies.router, candidates.router, contacts.router),
    about="Finds candidates for a vacancy, and vacancies for a candidate.",
)
