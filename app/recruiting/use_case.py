"""The recruiting use case on the side of the API: its loader, its routes and its pages."""

from pathlib import Path

from app.pages import Pages
from app.recruiting import pages
from app.recruiting.pages.routes import candidates as candidate_pages
from app.recruiting.pages.routes import changes as change_pages
from app.recruiting.pages.routes import vacancies as vacancy_pages
from app.recruiting.pages.words import WORDS
from app.recruiting.release_loader import RecruitingLoader
from app.recruiting.routes import candidates, contacts, match, records, search, vacancies
from app.use_case import AppUseCase

RECRUITING = AppUseCase(
    name="recruiting",
    loader=RecruitingLoader.of,
    routers=(match.router, search.router, records.router, vacancies.router, candidates.router, contacts.router),
    about="Finds candidates for a vacancy, and vacancies for a candidate.",
    pages=Pages(
        vacancy_pages.HOME,
        Path(pages.__file__).parent,
        WORDS,
        (vacancy_pages.router, change_pages.router, candidate_pages.router),
    ),
)
