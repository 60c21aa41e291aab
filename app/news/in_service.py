"""The release of news in service, for its routes."""

from typing import cast

from app.dependencies import Service
from app.news.news_release import NewsRelease
from app.releases.release_manager import ReleaseManager


def news_live(service: Service) -> ReleaseManager[NewsRelease]:
    """What holds the release of news in service."""
    return cast("ReleaseManager[NewsRelease]", service.use_cases["news"])
