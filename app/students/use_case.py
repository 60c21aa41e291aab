"""The students use case on the side of the API: its loader, its routes and its pages."""

from pathlib import Path

from app.pages import Pages
from app.students.pages import routes as pages
from app.students.pages.words import WORDS
from app.students.release_loader import StudentsLoader
from app.students.routes import accesses, batches, risks, service, streams, students
from app.use_case import AppUseCase

STUDENTS = AppUseCase(
    name="students",
    loader=StudentsLoader.of,
    routers=(  # the most frequent routes come first, and those that end with an id last, because they match any word
        risks.router,
        service.router,
        accesses.router,
        batches.router,
        streams.router,
        students.router,
    ),
    about="Predicts which students may fall behind next year, and explains why.",
    pages=Pages(pages.HOME, Path(pages.__file__).parent, WORDS, (pages.router,)),
)
