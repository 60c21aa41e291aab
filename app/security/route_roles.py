"""The role that each route needs, found in its dependencies."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.security.requirement import Requirement
from script_shared.people import ROLES


def requirement_of(route: APIRoute) -> Requirement | None:
    """The requirement of a route; of several requirements the one with the highest role. None for a public route.

    Dependencies of pages have an attribute ``needs`` with their requirement.

    Args:
        route: of the application, with its dependencies.
    """
    return max(_requirements(route.dependant), key=lambda needed: ROLES.index(needed.role), default=None)


def _requirements(dependant: Dependant) -> Iterator[Requirement]:
    for below in dependant.dependencies:
        found = getattr(below.call, "needs", below.call)
        if isinstance(found, Requirement):
            yield found
        yield from _requirements(below)
