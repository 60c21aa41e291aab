"""Requests that name a user and a visit: what the visit read before the login counts as read by the user."""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial
from secrets import token_hex

from app.news.event_bodies import in_slices
from app.news.service import NewsService
from script_shared.clock import Clock
from script_shared.errors import UnavailableError
from script_shared.events import Entry, Kind
from script_shared.news.newsroom.newsroom import Newsroom

MOST_SECONDS = 0.5  # a list waits no longer for the log; the login then takes effect a moment later


async def note_login(service: NewsService, clock: Clock, user: str, session: str) -> None:
    """Write a LOGIN entry where the visit read something without a user, so that every process and training follows.

    It is folded when this returns, but for a log that is slow or unreachable.

    Args:
        service: its intake writes the entry.
        clock: of the release in service.
        user: id of the user.
        session: id of the visit.
    """
    room = service.intake.newsroom
    if room is None or service.intake.follower.lag.error or not room.reads.lacks_login(user, session):
        return
    with contextlib.suppress(UnavailableError, TimeoutError):
        await asyncio.wait_for(service.intake.write([_login(clock.now_ms(), user, session)]), MOST_SECONDS)


async def logins(service: NewsService, entries: Sequence[Entry]) -> list[Entry]:
    """LOGIN entries for impressions that show a user in a visit; a click that names both says so by itself.

    Args:
        service: knows which visits have a user already.
        entries: that are about to be written.
    """
    room = service.intake.newsroom
    if room is None:
        return []
    pairs = {
        (entry.user_id, str(entry.body.get("session", ""))): entry.time_ms
        for entry in entries
        if entry.kind == Kind.IMPRESSION and entry.user_id
    }
    return await in_slices(partial(_lacking, room), list(pairs.items())) if pairs else []


def _lacking(room: Newsroom, pairs: Sequence[tuple[tuple[str, str], int]]) -> list[Entry]:
    return [_login(time_ms, *pair) for pair, time_ms in pairs if room.reads.lacks_login(*pair)]


def _login(time_ms: int, user: str, session: str) -> Entry:
    return Entry(f"login-{token_hex(12)}", Kind.LOGIN, time_ms, user, "", {"session": session})
