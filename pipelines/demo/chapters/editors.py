"""An editor overrules the platform: pins one story and takes another down."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from pipelines.demo.chapters.breaking import PAGE, first_places, front, moment
from pipelines.demo.stage import ChapterFailedError, Stage
from script_shared.clock import HOUR_MS
from script_shared.times import iso

PIN_HOURS = 6  # on the clock of the site
READERS = 20  # whose lists are looked at
HELD_SECONDS = 10.0  # a rule must hold after this time, on any machine
SERVICE = "servico-rotas"
SERVICE_TITLE = "Serviço: rotas alternativas, abrigos e telefones da defesa civil"
SERVICE_TEXT = "Veja por onde passar, onde ficam os abrigos e para quem ligar enquanto a ponte estiver interditada."


def editors_rule(stage: Stage) -> None:
    """Ana pins a service piece on the page, and takes a story down; both hold in every list.

    Args:
        stage: of the demo.

    Raises:
        ChapterFailedError: a list has an article that was taken down.
        UnavailableError: a rule does not hold after a while.
    """
    with stage.api("newsroom") as site, stage.api("ana") as ana:
        body = {"page": SERVICE, "title": SERVICE_TITLE, "text": SERVICE_TEXT, "section": "regional", "region": "rs"}
        site.post("/articles", json=body).raise_for_status()
        _pin(stage, site, ana)
        stage.pause(stage.story.minutes)  # as many seconds: time to look at the front page
        _take_down(stage, site, ana)


def _pin(stage: Stage, site: httpx.Client, ana: httpx.Client) -> None:
    end = iso(moment(site) + PIN_HOURS * HOUR_MS)
    pin = {"kind": "pin", "about": {"by": "article", "name": SERVICE}, "place": 1, "end": end}
    rule = _add(ana, pin | {"reason": "service for readers in the flooded area"})
    took = _until(stage, "Holding a pin", lambda: _pages(site)[0] == SERVICE)
    stage.show(rule=rule["rule_id"], page=SERVICE, front=first_places(front(site)["items"]))
    stage.note("pinned", title=SERVICE_TITLE, rule=rule["rule_id"], until=end[11:16], seconds=took)


def _take_down(stage: Stage, site: httpx.Client, ana: httpx.Client) -> None:
    item = next(item for item in front(site)["items"] if item["page"] not in (PAGE, SERVICE))
    page, title = item["page"], item["title"]
    removal = {"kind": "take_down", "about": {"by": "article", "name": page}, "reason": "the source withdrew it"}
    rule = _add(ana, removal)
    took = _until(stage, "Taking an article down", lambda: page not in _pages(site))
    held = [user for user in _users(site) if page in _pages(site, user_id=user)]
    gone = httpx.get(f"{stage.place.url}/articles/{page}", trust_env=False).status_code
    if held or gone != 404:
        raise ChapterFailedError(f"{page} was taken down, but {len(held)} lists have it, and its address says {gone}.")
    stage.show(taken_down=page, front=first_places(front(site)["items"]))
    stage.note("taken_down", title=title, rule=rule["rule_id"], seconds=took, readers=READERS, status=gone)


def _add(ana: httpx.Client, rule: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = ana.post("/rules", json=rule).raise_for_status().json()
    return made


def _until(stage: Stage, what: str, holds: Callable[[], bool]) -> float:
    """Seconds until a rule held."""
    began = time.monotonic()
    stage.wait(what, holds, HELD_SECONDS)
    return round(time.monotonic() - began, 2)


def _pages(site: httpx.Client, **query: Any) -> list[str]:
    return [item["page"] for item in front(site, **query)["items"]]


def _users(site: httpx.Client) -> list[str]:
    examples = site.get("/model").raise_for_status().json()["examples"]
    return [user for users in examples.values() for user in users][:READERS]
