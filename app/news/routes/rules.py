"""The editors' rules: list, add, change, remove, preview and cost."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from app.decisions import TheDecisions
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.rules.rule_changes import RuleChanges
from app.news.rules.rule_cost import audience, cost_of
from app.news.rules.rule_preview import preview_of
from app.news.rules.rule_shapes import (
    RULE_ID,
    ChangedRuleBody,
    CostAnswer,
    PreviewAnswer,
    PreviewBody,
    RuleAnswer,
    RuleBody,
    RulesAnswer,
    State,
    VersionsAnswer,
    rule_json,
)
from app.news.service import NewsService, TheNews
from app.security.requirement import require
from script_shared.news.rules.rule import Kind, Rule
from script_shared.times import iso

router = APIRouter(prefix="/rules", tags=["editorial"], dependencies=[require("viewer", "news")], route_class=BodyRoute)
EDITOR = require("editor", "news")
RuleId = Annotated[str, Path(pattern=RULE_ID)]
Version = Annotated[int, Query(ge=1, lt=2**31, description="Of the rule as you read it.")]


@router.get("", summary="The editors' rules", response_model=RulesAnswer)
async def list_rules(
    service: TheNews,
    state: Annotated[State | None, Query(description="Only rules in this state.")] = None,
    kind: Annotated[Kind | None, Query(description="Only rules of this kind.")] = None,
) -> Response:
    """All rules that were not removed, by start."""
    now_ms = service.live.require().clock.now_ms()
    found = sorted(service.rules.book.rules, key=lambda rule: (rule.start_ms, rule.rule_id))
    listed = [
        rule_json(rule, now_ms)
        for rule in found
        if (state is None or rule.state(now_ms) == state) and (kind is None or rule.kind == kind)
    ]
    return json_response({"now": iso(now_ms), "rules": listed})


@router.post("", summary="Add a rule", response_model=RuleAnswer, dependencies=[EDITOR])
async def add_rule(request: Request, body: RuleBody, service: TheNews, decisions: TheDecisions) -> Response:
    """The rule holds in this process with the answer, and in every other one within a second.

    409 if it contradicts another rule, which the answer names.
    """
    now_ms = service.live.require().clock.now_ms()
    made = await _changes(request, service, decisions).add(body.rule("", now_ms))
    return json_response(rule_json(made, now_ms))


@router.post("/preview", summary="A list with and without a rule", response_model=PreviewAnswer)
async def preview_rule(body: PreviewBody, service: TheNews) -> Response:
    """The list of one user now, and as it would be if the rule held already; nothing is stored."""
    return json_response(await asyncio.to_thread(preview_of, service, body, audience(service)))


@router.get("/{rule_id}", summary="Versions of a rule", response_model=VersionsAnswer)
async def get_rule(rule_id: RuleId, service: TheNews) -> Response:
    """Every version with its writer, also of a removed rule."""
    now_ms = service.live.require().clock.now_ms()
    found = await asyncio.to_thread(service.rules.store.versions, rule_id)
    if not found:
        raise HTTPException(404, "This rule does not exist.")
    return json_response({"versions": [{**rule_json(rule, now_ms), "removed": removed} for rule, removed in found]})


@router.put("/{rule_id}", summary="Change a rule", response_model=RuleAnswer, dependencies=[EDITOR])
async def change_rule(
    request: Request, rule_id: RuleId, body: ChangedRuleBody, service: TheNews, decisions: TheDecisions
) -> Response:
    """Fields that are left out get their defaults. 409 if somebody changed the rule since, with what changed."""
    now_ms = service.live.require().clock.now_ms()
    before = _find_rule(service, rule_id)
    rule = body.rule(rule_id, before.start_ms if before else now_ms)
    made = await _changes(request, service, decisions).change(rule, body.version)
    return json_response(rule_json(made, now_ms))


@router.delete("/{rule_id}", summary="Remove a rule", response_model=RuleAnswer, dependencies=[EDITOR])
async def remove_rule(
    request: Request, rule_id: RuleId, version: Version, service: TheNews, decisions: TheDecisions
) -> Response:
    """The rule has no effect from now on. 409 if somebody changed it since, with what changed."""
    gone = await _changes(request, service, decisions).end(rule_id, version)
    return json_response(rule_json(gone, service.live.require().clock.now_ms()))


@router.get("/{rule_id}/cost", summary="What a rule costs", response_model=CostAnswer)
async def get_cost(rule_id: RuleId, service: TheNews) -> Response:
    """Expected clicks with and without the rule, estimated from the ranker's scores."""
    rule = _find_rule(service, rule_id)
    if rule is None:
        raise HTTPException(404, "This rule does not exist, or was removed.")
    return json_response(await asyncio.to_thread(cost_of, service, rule, audience(service)))


def _find_rule(service: NewsService, rule_id: str) -> Rule | None:
    return service.rules.book.get(rule_id)


def _changes(request: Request, service: NewsService, decisions: Any) -> RuleChanges:
    return RuleChanges(service, decisions, f"token:{request.state.caller.name}")
