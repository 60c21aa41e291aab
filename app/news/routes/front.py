"""GET /news: a demo page with the recommendations of one user; all of its files are served here."""

from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

from app.routes.front import page_part

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parents[1] / "web"
TYPES = {"front.css": "text/css", "front.js": "text/javascript"}


@router.get("/news")
async def index() -> Response:
    """A newspaper's front page as one user gets it."""
    return page_part(FOLDER / "index.html", "text/html")


@router.get("/news/web/{name}")
async def part(name: str) -> Response:
    """A file of the page."""
    if name not in TYPES:
        raise HTTPException(404)
    return page_part(FOLDER / name, TYPES[name])
