"""The viewers: holders of the admin token, or of a token of ``PAUTA_RECRUITING_VIEWERS``."""

import hmac
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.dependencies import Service, TheService, in_service
from app.recruiting.release_loader import RecruitingRelease
from script_shared.use_case_settings import ADMIN, variable, viewer_tokens

VARIABLE = variable("recruiting", "viewers")
_bearer = HTTPBearer(
    auto_error=False, scheme_name="Recruiter", description=f"A token of {VARIABLE}, or the admin token."
)


def _tokens(service: Service) -> dict[str, str]:
    """All tokens that may look at candidates, by name."""
    admin, viewers = service.settings.admin_token, service.settings.of("recruiting").viewers
    found = viewer_tokens(viewers.get_secret_value()) if viewers else {}
    return found | ({ADMIN: own} if admin and (own := admin.get_secret_value().strip()) else {})


async def _viewer(
    service: TheService, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    """Lets the holder of a token pass, and returns the token's name; every token is compared, each in constant time."""
    tokens, given = _tokens(service), (credentials.credentials if credentials else "").encode()
    same = [name for name, token in tokens.items() if hmac.compare_digest(given, token.encode())]
    if same:
        return same[0]
    if not tokens:
        detail = f"Candidates are shown to holders of a token. Set {VARIABLE} or PAUTA_ADMIN_TOKEN and start again."
        raise HTTPException(403, detail)
    detail = f"This route needs the header 'Authorization: Bearer <a token of {VARIABLE} or PAUTA_ADMIN_TOKEN>'."
    raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


async def _up_to_date(loaded: Annotated[RecruitingRelease, in_service("recruiting")]) -> RecruitingRelease:
    await loaded.live.forget_erased(loaded.matcher, loaded.position)
    await loaded.live.follow_if_possible(loaded.matcher, loaded.position)
    return loaded


Viewer = Depends(_viewer)
ViewerName = Annotated[str, Viewer]
InService = Annotated[RecruitingRelease, Depends(_up_to_date)]
