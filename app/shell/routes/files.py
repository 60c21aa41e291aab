"""GET /web/...: styles, scripts and pictures of all pages. Their errors are problem documents."""

from fastapi import APIRouter, HTTPException, Response

from app.shell.view import OpenView

router = APIRouter(include_in_schema=False)
FILE_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


@router.get("/web/{name:path}")
async def get_file(name: str, view: OpenView) -> Response:
    """A style, a script or a picture; browsers load such files only from this service."""
    found = view.shell.files.get(name)
    if found is None:
        raise HTTPException(404)
    return Response(found.content, media_type=found.media_type, headers=FILE_HEADERS)
