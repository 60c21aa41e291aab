"""One request about students: the release that answers it, the viewer, and the access record of what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from app.dependencies import in_service
from app.security.caller import Caller
from app.security.requirement import require
from app.students.release_loader import StudentsRelease
from script_shared.students.database.access_record import looks_at
from script_shared.students.model import StudentsModel

UNKNOWN = "The release in service does not know this student. Ids are those of the sheets, such as RA-12."


@dataclass(frozen=True)
class Visit:
    """What a route about students gets.

    Attributes:
        release: the release in service; its erasures are at most a second old.
        viewer: the holder of the token.
        route: method and template of the route.
    """

    release: StudentsRelease
    viewer: Caller
    route: str

    @property
    def model(self) -> StudentsModel:
        """The model of the release."""
        return self.release.model

    async def student(self, ra: str, *, also_erased: bool = False) -> int:
        """The place of a student in the release; the look is in the access record when this returns.

        Args:
            also_erased: find a student who was erased, to erase the student again.

        Raises:
            HTTPException: 404, the release does not know the student, or the student was erased; the id is not
                repeated.
            UnavailableError: the look cannot be recorded.
        """
        place = self.model.store.student(ra)
        if place < 0 or (self.release.erased.has(ra) and not also_erased):
            raise HTTPException(404, UNKNOWN)
        await self.record([self.model.store.ids.ids[place]])
        return place

    async def record(self, ids: Sequence[str]) -> None:
        """Write looks at these students into the access record.

        Raises:
            UnavailableError: they cannot be recorded, so nothing may be shown.
        """
        await self.release.access.add(looks_at(ids, self.viewer.name, self.viewer.role, self.route))


async def visit_of(request: Request, release: StudentsRelease, viewer: Caller) -> Visit:
    """A visit, with the erasures of other processes.

    Args:
        request: its route is recorded with each access.
        release: the release in service.
        viewer: who asks.
    """
    await release.erased_rows.follow()
    return Visit(release, viewer, route_of(request))


def route_of(request: Request) -> str:
    """Method and template of the route that answers, which contain no id."""
    return f"{request.method} {request.scope['route'].path_format}"


TheViewer = Annotated[Caller, require("viewer", "students")]
TheRelease = Annotated[StudentsRelease, in_service("students")]


async def _visit(request: Request, viewer: TheViewer, release: TheRelease) -> Visit:
    return await visit_of(request, release, viewer)


TheVisit = Annotated[Visit, Depends(_visit)]
