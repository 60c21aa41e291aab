"""Answers errors of the pages as pages, in the language of the request."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from app.students.pages.layout import message
from app.students.pages.sessions import home
from app.students.pages.words import Texts, language_of
from script_shared.errors import PautaError

log = logging.getLogger("pauta.students")


class PageRoute(APIRoute):
    """A route whose errors are pages; who has no session is sent to the login."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except HTTPException as error:
                if error.status_code == 401:
                    return RedirectResponse(f"{home(request)}/login", 303)
                name = "unknown" if error.status_code == 404 else "refused"
                return message(request, Texts(language_of(request))[name], error.status_code)
            except RequestValidationError:
                return message(request, Texts(language_of(request))["nobody"], 422)
            except PautaError as error:
                log.warning("request %s: %s", request.scope.get("request_id"), error.logged)
                return message(request, Texts(language_of(request))["unavailable"], 503)

        return answered
