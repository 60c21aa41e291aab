"""GET /: the demo front page; all of its files are served here."""

from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parents[1] / "web"
TYPES = {"index.html": "text/html", "front.css": "text/css", "front.js": "text/javascript", "icon.svg": "image/svg+xml"}
HEADERS = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-cache"}


@router.get("/")
async def index() -> Response:
    """A demo front page with the recommendations of one user."""
    return _file("index.html")


@router.get("/web/{name}")
async def part(name: str) -> Response:
    """A file of the front page."""
    if name not in TYPES:
        raise HTTPException(404)
    return _file(name)


def _file(name: str) -> Response:
    return Response((FOLDER / name).read_bytes(), media_type=TYPES[name], headers=HEADERS)
