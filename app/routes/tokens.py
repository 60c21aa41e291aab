"""GET and POST /tokens, DELETE /tokens/{name}: named tokens, made, shown and revoked by admins."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from app.decisions import TheDecisions
from app.dependencies import TheService
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.security.caller import Caller
from app.security.requirement import require
from script_shared.clock import wall_ms
from script_shared.people import Role
from script_shared.people.tokens import DAY_MS, NAME, check_use_cases, facts_of
from script_shared.times import iso

router = APIRouter(prefix="/tokens", tags=["operations"], route_class=BodyRoute)
NO_STORE = {"Cache-Control": "no-store"}
PATTERN = f"^{NAME.pattern}$"
Admin = Annotated[Caller, require("admin")]


class NewToken(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=PATTERN, description="Of the person or program.")
    role: Role = Field(description="It includes the rights of the roles before it in this list.")
    use_cases: list[str] = Field([], max_length=20, description="The only use cases that it opens; all when left out.")
    expires_days: int | None = Field(None, ge=1, le=99_999, description="Days after which it opens nothing.")


class TokenFacts(BaseModel):
    name: str
    role: Role
    use_cases: list[str] = Field(description="Empty for all use cases.")
    state: str = Field(description="`active`, `revoked` or `expired`.")
    made_at: str
    made_by: str
    expires_at: str | None
    revoked_at: str | None
    used_at: str | None = Field(description="When it was last used, to within a minute; null for never.")


class MadeToken(TokenFacts):
    token: str = Field(description="The secret. It is shown only once and stored nowhere.")


class TokenList(BaseModel):
    tokens: list[TokenFacts]


@router.post("", summary="Make a token", status_code=201, response_model=MadeToken)
async def make_token(body: NewToken, caller: Admin, service: TheService, decisions: TheDecisions) -> Response:
    """Make a named token. Give the secret to its holder: only a hash is stored. 409 for a name with an active token."""
    use_cases = check_use_cases(body.use_cases, service.use_cases)
    expires_ms = wall_ms() + body.expires_days * DAY_MS if body.expires_days else None
    made, secret = await asyncio.to_thread(
        lambda: service.log.tokens.make(
            body.name, body.role, by=caller.name, use_cases=use_cases, expires_ms=expires_ms
        )
    )
    await service.security.callers.refresh()
    await decisions.record("token", after=made.name, why="made", evidence={"role": made.role, "use_cases": use_cases})
    return json_response({**facts_of(made, wall_ms()), "token": secret}, 201, NO_STORE)


@router.get("", summary="List tokens", response_model=TokenList, dependencies=[require("admin")])
async def list_tokens(service: TheService) -> Response:
    """Named tokens in the order of creation, including ended ones; never the tokens themselves.

    Those of the settings (`PAUTA_ADMIN_TOKEN`, `PAUTA_STUDENTS_VIEWERS` and the like) are not among them.
    """
    return json_response(
        {"tokens": [facts_of(token, wall_ms()) for token in await asyncio.to_thread(service.log.tokens.all)]}
    )


@router.delete("/{name}", summary="Revoke a token", response_model=TokenFacts)
async def revoke_token(
    name: Annotated[str, Path(pattern=PATTERN)], caller: Admin, service: TheService, decisions: TheDecisions
) -> Response:
    """Revoke a token. It and the sessions that it opened end in every process within a second."""
    found = await asyncio.to_thread(service.log.tokens.revoke, name)
    if found is None:
        raise HTTPException(404, "No active token has this name.")
    await service.security.callers.refresh()
    await decisions.record("token", before=found.name, why="revoked", evidence={"role": found.role})
    return json_response({**facts_of(found, wall_ms()), "state": "revoked", "revoked_at": iso(wall_ms())})
