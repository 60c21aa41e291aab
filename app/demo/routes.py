"""GET /tour: the story as it happens; opening it opens a session for the visitor of the demo."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from app.demo.chapter_view import NAME, chapters_shown, clock
from app.dependencies import Service, TheService
from app.shell.forms import TheForm
from app.shell.live_stream import live_stream
from app.shell.page_route import PageRoute
from app.shell.people import open_session, person_with
from app.shell.view import View, open_view
from script_shared.clock import wall_ms
from script_shared.demo.story import CONTINUE, FOLDER, read_json, read_story, story_file, write_json

router = APIRouter(prefix=f"/{NAME}", include_in_schema=False, route_class=PageRoute)
VISITOR, TOKENS, TRAFFIC = "visitor", "tokens.json", "traffic.json"  # as the pipelines write them
MOST_ENTRIES = 300
TheTour = Annotated[View, open_view(NAME)]


@router.get("")
async def get_tour(request: Request, view: TheTour, service: TheService, entered: bool = False) -> Response:
    """The chapters, what happens now, and the entries of the record."""
    if view.person is None and not entered and (answer := await _entrance(request, view, service)):
        return answer
    folder = service.settings.data_dir / FOLDER
    story = read_story(story_file(service.settings.data_dir))
    entries = await asyncio.to_thread(service.log.audit.read, limit=MOST_ENTRIES)
    traffic = read_json(folder / TRAFFIC)
    return view.page(
        "tour/tour",
        view.texts["title"],
        scripts=("tour/tour.js",),
        plots=True,
        chapters=chapters_shown(view.texts, story, entries),
        traffic={**traffic, "now": clock(traffic["now_ms"])[:5]} if traffic else {},
        seconds=max(0, round((story.next_ms - wall_ms()) / 1000)) if story.next_ms else 0,
        minutes=view.texts.number(story.minutes),
        ended=all(chapter.ended_ms for chapter in story.chapters),
    )


@router.post("/continue")
async def go_on(view: TheTour, service: TheService, form: TheForm) -> Response:
    """Begin the next chapter now."""
    write_json(service.settings.data_dir / FOLDER / CONTINUE, {"at_ms": wall_ms()})
    return view.redirect(NAME)


@router.get("/changes")
async def follow_tour(request: Request, service: TheService) -> Response:
    """An event at each change of the story or of the traffic."""
    return live_stream(request, lambda: _version(service))


def _version(service: Service) -> list[int]:
    folder = service.settings.data_dir / FOLDER
    paths = (story_file(service.settings.data_dir), folder / TRAFFIC)
    return [path.stat().st_mtime_ns if path.exists() else 0 for path in paths]


async def _entrance(request: Request, view: View, service: Service) -> Response | None:
    """The same page with a session; None while the demo has no token for visitors."""
    tokens: dict[str, Any] = read_json(service.settings.data_dir / FOLDER / TOKENS)
    person = await person_with(request, str(tokens.get(VISITOR, "")))
    if person is None:
        return None
    answer = view.redirect(f"{NAME}?entered=true")
    await open_session(request, answer, person)
    return answer
