"""The students use case on the side of the API: its loader and its routes."""

from app.students import batches, risks, students
from app.students.release_loader import StudentsLoader
from app.use_case import AppUseCase

STUDENTS = AppUseCase(
    name="students", loader=StudentsLoader.of, routers=(batches.router, risks.router, students.router)
)
