"""What all pages of editors share: their address, their roles, and how a page is made."""

from typing import Annotated, Any

from fastapi import Response

from app.news.releases.news_release import NewsRelease
from app.shell.view import View, view_of
from script_shared.times import epoch_ms, iso

HOME = "news/editor"
TheView = Annotated[View, view_of("news", "viewer")]
EditorView = Annotated[View, view_of("news", "editor")]
SCRIPTS = ("news/editor.js",)


def editor_page(view: View, template: str, title: str, served: NewsRelease, **values: Any) -> Response:
    """A page of editors.

    Args:
        view: the request.
        template: below ``templates/editor``.
        title: of the tab and the page.
        served: the release in service, whose clock the page shows.
        values: what the template uses.
    """
    may_change = view.viewer.may("editor", "news")
    return view.page(
        f"news/editor/{template}",
        title,
        scripts=SCRIPTS,
        plots=True,
        **{
            "release": served.release,
            "now_ms": served.clock.now_ms(),
            "home": HOME,
            "tab": template,
            "may_change": may_change,
            "iso": iso,
            "epoch_ms": epoch_ms,
            **values,
        },
    )
