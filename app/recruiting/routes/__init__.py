"""Routes of the recruiting use case, one module per noun; each has a router of ``recruiting_router``."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from app.security.requirement import require


def recruiting_router(path: str = "", route_class: type[APIRoute] = APIRoute) -> APIRouter:
    """A router whose routes all need the role viewer in recruiting; a route may require a higher role as well.

    Args:
        path: after ``/recruiting``.
        route_class: ``BodyRoute`` for routes that read a body.
    """
    needed = [require("viewer", "recruiting")]
    return APIRouter(prefix=f"/recruiting{path}", tags=["recruiting"], dependencies=needed, route_class=route_class)
