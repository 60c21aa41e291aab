"""A breaking story: readers want it, and it rises in the lists of everybody by their clicks alone."""

from typing import Any

import httpx

from pipelines.demo.breaking import Breaking, announce
from pipelines.demo.stage import Stage
from script_shared.times import epoch_ms

PAGE = "urgente-ponte"
TITLE = "Urgente: chuva forte interdita a ponte do Guaíba em Porto Alegre"
TEXT = (
    "A chuva das últimas horas alagou avenidas e interditou a ponte. A defesa civil pede que motoristas evitem a área."
)
STEADY = 6  # looks in a row at which it is there
SHOWN = 5  # places that the page shows
LENGTH, AIM = 20, 1  # places looked at, and the one that ends the chapter
MOST_POINTS = 90  # of the line of its places
SECONDS = 420.0


def breaking_story(stage: Stage) -> None:
    """Publish a story, let readers want it, and follow its place until it is near the top.

    Args:
        stage: of the demo.

    Raises:
        UnavailableError: it did not rise.
    """
    with stage.api("newsroom") as site:
        body = {"page": PAGE, "title": TITLE, "text": TEXT, "section": "regional", "region": "rs"}
        site.post("/articles", json=body).raise_for_status()
        stage.note("published", title=TITLE, page=PAGE)
        announce(stage.place.state, Breaking(PAGE, moment(site)))
        places: list[int] = []

        def find_place() -> int | None:
            items = front(site)["items"]
            place = place_in(items, PAGE)
            places.append(place)
            now = {"place": place, "places": places[-MOST_POINTS:], "front": first_places(items)}
            stage.show(page=PAGE, clicks=clicks_on(site, PAGE), **now)
            return place if all(0 < each <= AIM for each in places[-STEADY:]) and len(places) > STEADY else None

        place = stage.wait("Rising to the top", find_place, SECONDS)
        stage.note("risen", place=place, clicks=stage.chapter.now["clicks"])


def moment(site: httpx.Client) -> int:
    """The moment on the clock of the release, epoch milliseconds, UTC.

    Args:
        site: a client of the API.
    """
    return epoch_ms(front(site)["generated_at"])


def front(site: httpx.Client, **query: Any) -> dict[str, Any]:
    """The list of somebody.

    Args:
        site: a client of the API.
        query: of ``GET /recommendations``; without a user, of a new one.

    Returns:
        the answer.
    """
    found: dict[str, Any] = site.get("/recommendations", params={"num_recs": LENGTH, **query}).raise_for_status().json()
    return found


def place_in(items: list[dict[str, Any]], page: str) -> int:
    """The place of an article, from 1; 0 if it is not in the list."""
    pages = [item["page"] for item in items]
    return pages.index(page) + 1 if page in pages else 0


def first_places(items: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The articles that the page of the tour shows.

    Args:
        items: of an answer.

    Returns:
        ``page`` and ``title`` of each.
    """
    return [{"page": item["page"], "title": item["title"]} for item in items[:SHOWN]]


def clicks_on(site: httpx.Client, page: str) -> int:
    """Clicks on an article in about an hour, 0 unless it is among the most read.

    Args:
        site: a client of the API.
        page: the article.
    """
    answer = site.get("/most-read", params={"window": "1h", "limit": 20}).raise_for_status().json()
    return next((int(item["clicks"]) for item in answer["items"] if item["page"] == page), 0)
