"""What all pages have in common: head, header, footer, and the headers of their answers."""

from xml.etree.ElementTree import Element

from fastapi import Request, Response

from app.students.pages.html import Child, markup, tag
from app.students.pages.sessions import home
from app.students.pages.words import COOKIE, OTHER, Texts, language_of
from app.students.viewers import Viewer

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def page(
    request: Request,
    title: str,
    *content: Child,
    viewer: Viewer | None = None,
    release: str = "",
    status: int = 200,
) -> Response:
    """A whole page as an answer, in the language of the request."""
    language = language_of(request)
    texts, start = Texts(language), home(request)
    root = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", f"{title} – Pauta"),
            tag("link", rel="icon", href=f"{request.scope.get('root_path', '')}/web/icon.svg"),
            tag("link", rel="stylesheet", href=f"{start}/style.css"),
        ),
        tag("body", _header(request, texts, viewer), tag("main", *content), _footer(texts, viewer, release)),
        lang="pt-BR" if language == "pt" else "en",
    )
    answer = Response(f"<!doctype html>\n{markup(root)}", status, HEADERS, "text/html")
    if request.query_params.get("lang") in OTHER:
        answer.set_cookie(COOKIE, language, path=start, samesite="strict", httponly=True)
    return answer


def message(request: Request, text: str, status: int, viewer: Viewer | None = None) -> Response:
    """A page with one message and a link back."""
    texts = Texts(language_of(request))
    way_back = tag("p", tag("a", texts["back"], href=home(request)))
    return page(request, texts["title"], tag("p", text, class_="note"), way_back, viewer=viewer, status=status)


def _header(request: Request, texts: Texts, viewer: Viewer | None) -> Element:
    language, name = OTHER[texts.language]
    address = request.url.include_query_params(lang=language)
    out = tag("form", tag("button", texts["log_out"]), method="post", action=f"{home(request)}/logout")
    return tag(
        "header",
        tag("a", "Pauta", href=home(request), class_="brand"),
        tag(
            "nav",
            tag("a", name, href=f"?{address.query}", hreflang=language, lang=language),
            out if viewer is not None else None,
        ),
    )


def _footer(texts: Texts, viewer: Viewer | None, release: str) -> Element:
    facts = [f"{texts['release']} {release}"] if release else []
    facts += [f"{texts['viewer']} {viewer.name}"] if viewer is not None else []
    return tag("footer", tag("p", texts["purpose"]), tag("p", " · ".join(facts)) if facts else None)
