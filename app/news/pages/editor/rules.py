"""GET /news/editor/rules and …/rules/new, GET and POST …/rules/{rule_id}: rules, preview, calendar and cost."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from app.decisions import Decisions, TheDecisions
from app.http.json_answer import json_response
from app.news.article_facts import ArticleFacts
from app.news.pages.editor.editor_page import HOME, EditorView, TheView, editor_page
from app.news.pages.editor.reasons import reason_text
from app.news.pages.editor.rule_form import DEFAULTS, body_of, fields_of
from app.news.pages.editor.rule_text import calendar_span, rule_row
from app.news.pages.editor.trending import sections_of
from app.news.rules.rule_changes import RuleChanges
from app.news.rules.rule_cost import audience, cost_of, cost_of_all
from app.news.rules.rule_preview import preview_query
from app.news.rules.rule_shapes import RULE_ID
from app.news.service import NewsService, TheNews
from app.shell.forms import Form, TheForm
from app.shell.page_route import PageRoute
from app.shell.view import View
from script_shared.errors import ConflictError, RequestError
from script_shared.names import clean_id
from script_shared.news.ranking.query import Query as LiveQuery
from script_shared.news.rules.rule import BYS, KINDS, Rule
from script_shared.news.rules.validation import ENDING, check

router = APIRouter(prefix="/news/editor/rules", include_in_schema=False, route_class=PageRoute)
RuleId = Annotated[str, Path(pattern=RULE_ID)]
MOST_SHOWN = 200
BLANK = ("name", "other_name", "front", "least", "most", "reason", "user", "version", "start_offset", "end_offset")


@router.get("")
async def get_rules(
    view: TheView, service: TheNews, ended: bool = False, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The rules that hold or are planned, with a calendar; or those that ended."""
    served = service.live.require()
    facts = ArticleFacts.now(served.recommender)
    now_ms = facts.available.now_ms
    wanted = [rule for rule in service.rules.book.rules if (rule.state(now_ms) == "ended") == ended]
    wanted.sort(key=lambda rule: (rule.state(now_ms), rule.start_ms, rule.rule_id))
    return editor_page(
        view,
        "rules",
        view.texts["rules"],
        served,
        rows=[rule_row(view, facts, rule) for rule in wanted[:MOST_SHOWN]],
        span=calendar_span(now_ms),
        ended=ended,
        done=done,
    )


@router.get("/new")
async def get_new_rule(request: Request, view: EditorView, service: TheNews) -> Response:
    """The form of a new rule; the address may fill fields in."""
    given = {name: value[:600] for name, value in request.query_params.items() if name in (*DEFAULTS, "name", "front")}
    return await _form_page(view, service, {**DEFAULTS, **given})


@router.post("/new")
async def add_rule(view: EditorView, service: TheNews, form: TheForm, decisions: TheDecisions) -> Response:
    """Preview the rule of a form, or add it."""
    return await _handle_form(view, service, form, decisions, None)


@router.get("/{rule_id}")
async def get_rule(rule_id: RuleId, view: TheView, service: TheNews) -> Response:
    """The form of a rule, with its versions."""
    rule = _find_rule(service, rule_id)
    return await _form_page(view, service, fields_of(rule), rule)


@router.post("/{rule_id}")
async def change_rule(
    rule_id: RuleId, view: EditorView, service: TheNews, form: TheForm, decisions: TheDecisions
) -> Response:
    """Preview a change of a rule, save it, or remove the rule."""
    return await _handle_form(view, service, form, decisions, _find_rule(service, rule_id))


@router.get("/{rule_id}/cost")
async def get_cost(rule_id: RuleId, view: TheView, service: TheNews) -> Response:
    """What a rule costs, in words; ``all`` rules have their own address."""
    found = await asyncio.to_thread(cost_of, service, _find_rule(service, rule_id), audience(service))
    return json_response({"text": _cost(view, found)})


@router.get("-cost")
async def get_cost_of_all(view: TheView, service: TheNews) -> Response:
    """What all rules together cost, in words."""
    found = await asyncio.to_thread(cost_of_all, service, audience(service))
    return json_response({"text": _cost(view, found)})


def _cost(view: View, found: Mapping[str, Any]) -> str:
    number = view.texts.number
    return view.texts["cost_is"].format(cost=number(found["cost"]), all=number(found["without_rule"]))


def _find_rule(service: NewsService, rule_id: str) -> Rule:
    rule = service.rules.book.get(rule_id)
    if rule is None:
        raise HTTPException(404, "This rule does not exist, or was removed.")
    return rule


async def _handle_form(
    view: View, service: NewsService, form: Form, decisions: Decisions, before: Rule | None
) -> Response:
    changes = RuleChanges(service, decisions, f"token:{view.viewer.name}")
    version = int(form.get("version", "0")) if form.get("version", "0").isdigit() else 0
    try:
        if form.get("do") == "remove" and before is not None:
            await changes.end(before.rule_id, version)
            return view.redirect(_place_after_removal(form, before))
        now_ms = service.live.require().clock.now_ms()
        body = body_of(form)
        rule = body.rule(before.rule_id if before else "new", before.start_ms if before else now_ms)
        if form.get("do") != "save":
            check(rule, now_ms)
            shown = await _preview(service, rule, form)
            return await _form_page(view, service, form, before, preview=shown)
        await (changes.change(rule, version) if before else changes.add(rule))
    except ConflictError as error:
        return await _form_page(view, service, form, before, problem=str(error), status=409)
    except RequestError as error:
        return await _form_page(view, service, form, before, problem=str(error), status=422)
    return view.redirect(f"{HOME}/rules?done=saved#done")


def _place_after_removal(form: Form, rule: Rule) -> str:
    """The page of the article where it was removed from there, else the rules."""
    if form.get("back") == "article" and rule.about.by == "article":
        return f"{HOME}/article?page={quote(rule.about.name, safe='')}&done=up#done"
    return f"{HOME}/rules?done=removed#done"


async def _preview(service: NewsService, rule: Rule, form: Form) -> dict[str, Any]:
    try:
        user = clean_id(form.get("user", ""))
    except ValueError as error:
        raise RequestError(f"user: {error}.", fix="Correct this field.") from None
    query = LiveQuery(user, section=rule.front, explore_slots=0)
    users = audience(service)
    found = await asyncio.to_thread(preview_query, service, rule, query, users)
    before = [item["page"] for item in found["before"]]
    for place, item in enumerate(found["after"]):
        item["moved"] = item["page"] not in before or before.index(item["page"]) != place
    return found


async def _form_page(
    view: View,
    service: NewsService,
    fields: Mapping[str, Any],
    rule: Rule | None = None,
    *,
    preview: Mapping[str, Any] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    served = service.live.require()
    facts = ArticleFacts.now(served.recommender)
    about = str(fields.get("name", "")) if fields.get("by", "article") == "article" else ""
    versions = await asyncio.to_thread(service.rules.store.versions, rule.rule_id) if rule else []
    return editor_page(
        view,
        "rule",
        view.texts["rule" if rule else "new_rule"],
        served,
        tab="rules",
        status=status,
        fields={**dict.fromkeys(BLANK, ""), **DEFAULTS, **fields},
        ending=ENDING,
        about_title=facts.metadata(about)["title"] if about and facts.state(about) != "unknown" else "",
        rule=rule,
        row=rule_row(view, facts, rule) if rule else None,
        versions=[(rule_row(view, facts, each), removed) for each, removed in versions],
        preview=preview,
        reason_text=reason_text,
        cost=_cost(view, preview["cost"]) if preview else "",
        problem=problem,
        kinds=KINDS,
        bys=BYS,
        sections=sections_of(served),
    )
