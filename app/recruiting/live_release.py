"""The release in service, with all changes and erasures up to now."""

from typing import Annotated

from fastapi import Depends

from app.dependencies import in_service
from app.recruiting.release_loader import RecruitingRelease


async def _up_to_date(loaded: Annotated[RecruitingRelease, in_service("recruiting")]) -> RecruitingRelease:
    await loaded.live.forget_erased(loaded.matcher, loaded.position)
    await loaded.live.follow_if_possible(loaded.matcher, loaded.position)
    return loaded


InService = Annotated[RecruitingRelease, Depends(_up_to_date)]
