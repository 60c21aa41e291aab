"""GET /: the front page, a list of the use cases of this instance; its files are served here, too."""

from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from app.dependencies import TheService
from app.http.public_text import public
from app.releases.release_manager import ReleaseManager
from app.use_case import AppUseCase
from script_shared.times import iso

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parents[1] / "web"
PLACE = "<!-- use cases -->"
TYPES = {"shell.css": "text/css", "icon.svg": "image/svg+xml"}
HEADERS = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-cache"}


@router.get("/")
async def index(service: TheService) -> Response:
    """The use cases of this instance, with the release of each that is in service."""
    cases = [_section(service.cases[name], live) for name, live in service.use_cases.items()]
    page = (FOLDER / "index.html").read_text(encoding="utf-8").replace(PLACE, "\n".join(cases))
    return Response(page, media_type="text/html", headers=HEADERS)


@router.get("/web/{name}")
async def part(name: str) -> Response:
    """A file of the front page."""
    if name not in TYPES:
        raise HTTPException(404)
    return page_part(FOLDER / name, TYPES[name])


def page_part(file: Path, media_type: str) -> Response:
    """A file of a page; browsers load only such files of this service for it."""
    return Response(file.read_bytes(), media_type=media_type, headers=HEADERS)


def _section(case: AppUseCase, live: ReleaseManager[Any]) -> str:
    name, served = escape(case.name), live.served
    title = f'<a href="{escape(case.page)}">{name}</a>' if case.page else name
    if served is None:
        state = f'<p class="waiting">{escape(public(live.reason()))}</p>'
    else:
        since = escape(iso(served.loaded_ms))
        state = f"<p>release <b>{escape(served.release)}</b>, in service since {since}</p>"
    links = " · ".join(
        f'<a href="{path}?use_case={name}">{text}</a>'
        for path, text in (("ready", "state"), ("model", "release in service"), ("releases", "all releases"))
    )
    return f'<section><h2>{title}</h2><p class="about">{escape(case.about)}</p>{state}<p>{links}</p></section>'
