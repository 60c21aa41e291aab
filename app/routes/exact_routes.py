"""Looks up the route of a path without parameters in a table; a router compares the path with each route in turn."""

from collections.abc import Sequence

from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class ExactRoutes:
    """Answers requests whose method and path belong to a route without parameters; the router answers all others.

    Args:
        router: with all its routes. It also answers if an earlier route with parameters matches the path.
    """

    def __init__(self, router: Router) -> None:
        self._router, self._otherwise = router, router.app
        self._routes: dict[tuple[str, str], tuple[Route, ASGIApp]] = {}
        others: list[BaseRoute] = []
        for route in router.routes:
            if not isinstance(route, Route) or route.param_convertors:
                others.append(route)
            elif not any(_matches(other, route.path) for other in others):
                for method in route.methods or ():
                    self._routes.setdefault((method, route.path), (route, route.app))

    @classmethod
    def install(cls, router: Router, routes: Sequence[BaseRoute] = ()) -> None:
        """Add routes to a router, and make it look them up in the table first.

        Args:
            router: the application's.
            routes: all routes that the router does not have yet.
        """
        router.routes.extend(routes)
        router.middleware_stack = cls(router)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = self._routes.get((scope["method"], get_route_path(scope)))
            if found is not None:
                route, app = found
                scope.setdefault("router", self._router)
                scope["route"], scope["endpoint"] = route, route.endpoint
                scope["path_params"] = dict(scope.get("path_params", {}))
                await app(scope, receive, send)
                return
        await self._otherwise(scope, receive, send)


def _matches(route: BaseRoute, path: str) -> bool:
    return route.matches({"type": "http", "method": "GET", "path": path, "headers": []})[0] is not Match.NONE
