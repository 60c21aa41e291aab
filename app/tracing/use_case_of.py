"""The use case that a request belongs to, by the route that answers."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter
from starlette.types import Scope


class UseCaseOf:
    """Looks up the use case of a request.

    Args:
        routers: those of each use case, by its name.
    """

    def __init__(self, routers: Mapping[str, Iterable[APIRouter]]) -> None:
        self._names = frozenset(routers)
        self._by_endpoint = {
            endpoint: name
            for name, own in routers.items()
            for router in own
            for route in router.routes
            if (endpoint := getattr(route, "endpoint", None)) is not None
        }

    def __call__(self, scope: Scope) -> str:
        """Its name, "" for a route of the service itself, and before the route is found.

        Args:
            scope: of the request. Routes of the service may name a use case in their path.
        """
        name: str = self._by_endpoint.get(scope.get("endpoint"), scope.get("path_params", {}).get("use_case", ""))
        return name if name in self._names else ""
