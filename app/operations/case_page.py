"""What a page about one use case gets: its release in service, and whether the person may act."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Path, Request, Response

from app.dependencies import Service
from app.releases.release_manager import ReleaseManager
from app.security.requirement import Requirement
from app.shell.people import Role
from app.shell.view import View, open_view
from app.shell.words import Texts

NAME = "operations"
ANY = "{use_case}"  # in the table of roles: the use case of the address
TABS = ("releases", "runs", "drift", "experiments", "start")


@dataclass(frozen=True)
class CasePage:
    """One request for a page about a use case.

    Attributes:
        live: its release in service.
        words: the texts of the use case itself.
    """

    view: View
    service: Service
    live: ReleaseManager[Any]
    words: Texts

    @property
    def name(self) -> str:
        """The use case's name."""
        return self.live.use_case

    @property
    def texts(self) -> Texts:
        """The words of the pages for operators."""
        return self.view.texts

    @property
    def may_act(self) -> bool:
        """Whether the person may change something here."""
        return self.view.viewer.may("operator", self.name)

    def page(self, template: str, tab: str, **values: Any) -> Response:
        """A whole page.

        Args:
            template: folder and name without the ending, such as ``operations/releases``.
            tab: the tab that is open; its word is the title.
            values: what the template uses.
        """
        title = values.pop("title", self.texts[tab])
        tabs = [(each, f"{NAME}/{self.name}/{each}") for each in (*TABS, *own_tabs(self))]
        served = self.live.served
        given = {
            "case": self,
            "tab": tab,
            "tabs": tabs,
            "may_act": self.may_act,
            "release": served.release if served else "",
            "plots": True,
            **values,
        }
        return self.view.page(template, title, **given)

    def redirect(self, path: str) -> Response:
        """A redirect to a page of this use case."""
        return self.view.redirect(f"{NAME}/{self.name}/{path}")


def own_tabs(case: CasePage) -> list[str]:
    """Tabs that only this use case has and that the person may open."""
    pages = case.service.cases[case.name].pages
    return [tab for tab, role in pages.operations.items() if case.view.viewer.may(role, case.name)] if pages else []


def case_page(role: Role = "viewer", use_case: str | None = None) -> Any:
    """The page of the use case in the address, for the signature of a route.

    Args:
        role: the lowest sufficient role in this use case.
        use_case: its name, for pages that only one use case has; None for that of the address.
    """

    async def get_named(
        request: Request,
        view: Annotated[View, open_view(NAME)],
        use_case: Annotated[str, Path(max_length=128)],
    ) -> CasePage:
        return _check_access(request, view, use_case, role)

    async def get_own(request: Request, view: Annotated[View, open_view(NAME)]) -> CasePage:
        assert use_case is not None
        return _check_access(request, view, use_case, role)

    found: Any = get_own if use_case else get_named
    found.needs = Requirement(role, use_case or ANY)  # for the table of roles
    return Depends(found)


def _check_access(request: Request, view: View, use_case: str, role: Role) -> CasePage:
    """Raises:
    HTTPException: 401 without a session, 403 without the role, 404 for a use case that is not served here.
    """
    service: Service = request.app.state.service
    if not view.viewer.may(role, use_case):
        raise HTTPException(403, f"The token of {view.viewer.name} needs the role {role} for {use_case[:40]}.")
    if use_case not in service.use_cases:
        raise HTTPException(404, "This instance does not serve this use case.")
    return CasePage(view, service, service.use_cases[use_case], view.shell.texts(view.language, use_case))


TheCase = Annotated[CasePage, case_page()]
ActingCase = Annotated[CasePage, case_page("operator")]


async def _any_case(view: Annotated[View, open_view(NAME)]) -> View:
    """A page for everybody who has logged in, which shows only what the token opens."""
    assert view.viewer
    return view


_any_case.needs = Requirement("viewer", ANY)  # type: ignore[attr-defined]  # for the table of roles
AnyCase = Annotated[View, Depends(_any_case)]
