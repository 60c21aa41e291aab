"""GET /pauta.js: the script with which sites send events, and its demo page."""

from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parents[3] / "clients" / "javascript"
SCRIPT = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300",
    "X-Content-Type-Options": "nosniff",
}
PAGE = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-cache"}


@router.get("/pauta.js")
def script(request: Request) -> Response:
    """The script; any site may load it, and browsers cache it for five minutes."""
    content = (FOLDER / "pauta.js").read_bytes()
    headers = {**SCRIPT, "ETag": f'"{sha256(content).hexdigest()[:16]}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/javascript", headers=headers)


@router.get("/demo")
def demo() -> Response:
    """A page that uses the script."""
    return Response((FOLDER / "demo.html").read_bytes(), media_type="text/html", headers=PAGE)


@router.get("/demo.js")
def demo_script() -> Response:
    """The code of the demo page."""
    return Response((FOLDER / "demo.js").read_bytes(), media_type="text/javascript", headers=PAGE)
