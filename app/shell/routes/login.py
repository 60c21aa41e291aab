"""GET and POST /login, POST /logout: a session for the holder of a token, on the pages of all use cases."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.shell.addresses import MOST_LENGTH, own_address
from app.shell.forms import TheForm, form_of_a_stranger
from app.shell.page_route import PageRoute
from app.shell.people import Person, close_session, open_session, person_with
from app.shell.view import OpenView, View

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/login")
async def get_login(view: OpenView, next: Annotated[str, Query(max_length=MOST_LENGTH)] = "") -> Response:
    """The login form."""
    return _login_page(view, own_address(next), wrong=False)


@router.post("/login")
async def log_in(request: Request, view: OpenView) -> Response:
    """Open a session for the holder of a token."""
    form = await form_of_a_stranger(request)
    token, wanted = form.get("token", "").strip(), own_address(form.get("next", ""))
    person = await person_with(request, token)
    if person is None:
        return _login_page(view, wanted, wrong=True)
    answer = view.redirect(wanted or _first_page(view, person))
    await open_session(request, answer, person)
    return answer


@router.post("/logout")
async def log_out(request: Request, view: OpenView, form: TheForm) -> Response:
    """Close the session."""
    answer = view.redirect("login")
    await close_session(request, answer)
    return answer


def _first_page(view: View, person: Person) -> str:
    """The pages of the use case that the token opens; the front page where it opens several."""
    homes = [each.home for name, each in view.shell.pages.items() if person.may("viewer", name)]
    return homes[0] if len(homes) == 1 else ""


def _login_page(view: View, wanted: str, *, wrong: bool) -> Response:
    return view.page("shell/login", view.texts["log_in"], status=401 if wrong else 200, wrong=wrong, next=wanted)
