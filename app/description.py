"""The OpenAPI description, finished so that generated clients get the right types.

FastAPI names one media type for all answers of a route, and generators take a field with a default for one that is
always present. Here errors become ``application/problem+json``, and defaults of bodies move into the descriptions.
"""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi._compat import ModelField
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from starlette.routing import BaseRoute

from app.http.errors import MEDIA_TYPE
from app.routes.shapes import Problem
from app.security.route_roles import requirement_of

ERRORS = ("4XX", "5XX")
_UNSAID: tuple[Any, ...] = ("", None, False, [], {})  # defaults that mean "nothing"
Schema = dict[str, Any]


def operation_id(route: APIRoute) -> str:
    """The name of the function that answers, such as ``get_recommendations``."""
    return route.name


def complete(route: BaseRoute) -> BaseRoute:
    """Give a route its operation id and its error responses, as ``include_router`` would do in a copy of the route.

    Args:
        route: from a module's router; changed in place. A route that is not an API route is not changed.
    """
    if isinstance(route, APIRoute) and route.generate_unique_id_function is not operation_id:
        route.generate_unique_id_function, route.unique_id = operation_id, operation_id(route)
        route.responses = {**responses(), **route.responses}
        route.response_fields = {**_error_fields(), **route.response_fields}
        for field, name in ((route.response_field, "Response_"), (route.stream_item_field, "StreamItem_")):
            if field is not None:
                field.name = f"{name}{route.unique_id}"
    return route


@cache
def _error_fields() -> dict[int | str, ModelField]:
    field = create_model_field(name="Problem", type_=Problem, mode="serialization")
    return dict.fromkeys(ERRORS, field)


def responses() -> dict[int | str, dict[str, Any]]:
    """The errors that every route may answer, as FastAPI takes them."""
    return {code: {"model": Problem} for code in ERRORS}


def finish(app: FastAPI) -> None:
    """Have ``app.openapi()`` answer with the finished description, made once."""
    plain = app.openapi

    def finish_schema() -> Schema:
        if app.openapi_schema is None:
            schema = plain()
            _state_roles(app, schema)
            for operation in _operations(schema):
                _problems(operation)
            for component in schema["components"]["schemas"].values():
                _optional(component)
        return app.openapi_schema or {}

    app.openapi = finish_schema  # type: ignore[method-assign]


def _operations(schema: Schema) -> list[Schema]:
    return [operation for path in schema["paths"].values() for operation in path.values()]


def _state_roles(app: FastAPI, schema: Schema) -> None:
    """State the role that each route needs, in its description and as ``x-role``."""
    for route in app.routes:
        needed = requirement_of(route) if isinstance(route, APIRoute) else None
        if needed is None or not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        for method in route.methods:
            operation = schema["paths"][route.path_format][method.lower()]
            operation["x-role"] = needed.role
            operation["description"] = f"{operation.get('description', '')}\n\nRole: {needed.role}.".strip()


def _problems(operation: Schema) -> None:
    for code in ERRORS:
        content = operation["responses"][code]["content"]
        operation["responses"][code]["content"] = {MEDIA_TYPE: next(iter(content.values()))}


def _optional(component: Schema) -> None:
    """Say the default of each field that may be left out in words."""
    for name, field in component.get("properties", {}).items():
        if "default" not in field or name in component.get("required", ()):
            continue
        default = field.pop("default")
        if default not in _UNSAID:
            field["description"] = f"{field.get('description', '')} Default: {default}.".strip()
