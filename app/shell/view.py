"""What the route of a page gets: the person, the language, and the methods that make the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from app.security.requirement import Requirement
from app.shell.addresses import relative
from app.shell.forms import KEY
from app.shell.people import Person, Role, form_key, person_of
from app.shell.shell import Shell
from app.shell.words import COOKIE, OTHER, Language, Texts, language_of
from script_shared.plots import SCRIPTS, PlotWords

OF_REQUEST = "pauta_view"  # where the scope of a request has its view
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src {scripts}; connect-src {scripts}; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PLOT_SCRIPTS = tuple(f"plots/{name}" for name in SCRIPTS)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class View:
    """One request for a page.

    Attributes:
        use_case: whose page it is; "" for the host's.
        person: None if nobody has logged in.
    """

    request: Request
    shell: Shell
    use_case: str
    person: Person | None

    @cached_property
    def language(self) -> Language:
        """The language of the page."""
        return language_of(self.request)

    @cached_property
    def texts(self) -> Texts:
        """Its words."""
        return self.shell.texts(self.language, self.use_case)

    @property
    def viewer(self) -> Person:
        """The person who has logged in.

        Raises:
            HTTPException: 401, nobody has logged in; the answer is the login.
        """
        if self.person is None:
            raise HTTPException(401)
        return self.person

    def address(self, path: str = "") -> str:
        """An address of this service, for links of this page."""
        return relative(self.request, path)

    def redirect(self, path: str) -> Response:
        """A redirect to another page."""
        return RedirectResponse(self.address(path), 303, HEADERS)

    def page(
        self,
        template: str,
        title: str,
        *,
        status: int = 200,
        scripts: Sequence[str] = (),
        plots: bool = False,
        **values: Any,
    ) -> Response:
        """A whole page.

        Args:
            template: folder and name without the ending, such as ``students/student``.
            title: for the browser's tab.
            scripts: addresses below ``web/``; a page without any runs no script.
            plots: whether the page has plots (``{{ figure(plot, plot_words) }}``, ``{{ spark(values, text) }}``).
            values: what the template uses.
        """
        scripts = (*(PLOT_SCRIPTS if plots else ()), *scripts)
        content = self.shell.template(f"{template}.html.jinja").render(
            {
                "view": self,
                "texts": self.texts,
                "title": title,
                "scripts": scripts,
                "plots": plots,
                "plot_words": PlotWords(self.texts["numbers"], self.texts["to"], self.language),
                "navigation": self._navigation(),
                "other_language": OTHER[self.language],
                "other_address": f"?{self.request.url.include_query_params(lang=OTHER[self.language][0]).query}",
                "form_key": self._form_key(),
                "release": "",
                **values,
            }
        )
        policy = POLICY.format(scripts="'self'" if scripts else "'none'")
        answer = Response(content, status, {**HEADERS, "Content-Security-Policy": policy}, "text/html")
        if self.request.query_params.get("lang") in OTHER:
            root = f"{self.request.scope.get('root_path', '')}/"
            secure = self.request.url.scheme == "https"
            answer.set_cookie(COOKIE, self.language, path=root, secure=secure, samesite="strict", httponly=True)
        return answer

    def _form_key(self) -> Markup:
        """The hidden field that every form of a session sends."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(KEY, form_key(self.request))

    def _navigation(self) -> list[dict[str, Any]]:
        return [
            {"name": self.shell.texts(self.language, name)["name"], "home": each.home, "here": name == self.use_case}
            for name, each in self.shell.pages.items()
        ]


def host_view(request: Request) -> View:
    """A view of a page of the host outside its routes; nobody is logged in."""
    return View(request, request.app.state.shell, "", None)


def open_view(use_case: str = "") -> Any:
    """The view of a page that everybody may see, for the signature of a route.

    Args:
        use_case: that the page belongs to, "" for a page of the service.
    """

    async def get_view(request: Request) -> View:
        view = View(request, request.app.state.shell, use_case, await person_of(request))
        request.scope[OF_REQUEST] = view
        return view

    return Depends(get_view)


def view_of(use_case: str, role: Role = "viewer") -> Any:
    """The view of a page of a use case for a person who has logged in, for the signature of a route.

    Others get the login, or a 403 if the token does not have this role in this use case.

    Args:
        use_case: that the page belongs to.
        role: the lowest role that sees the page.
    """

    async def get_view(view: Annotated[View, open_view(use_case)]) -> View:
        if not view.viewer.may(role, use_case):
            raise HTTPException(403, f"The token of {view.viewer.name} does not open this page of {use_case}.")
        return view

    get_view.needs = Requirement(role, use_case)  # type: ignore[attr-defined]  # for the table of roles
    return Depends(get_view)


OpenView = Annotated[View, open_view()]
