"""No request of a stranger holds the event loop for long: every public route with its worst parameters."""

import asyncio
import json
import time
from asyncio.events import Handle
from collections.abc import Iterator
from gzip import compress
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.metrics.evaluation_file import FILE
from app.news.pages.reader_list import SIDES
from script_shared.releases import Releases
from tests.app.conftest import TOKEN, of_a_module
from tests.app.routes.test_evaluation import HEADER
from tests.app.test_admin_routes import PUBLIC, SIGNED_IN

BAR = 4.0  # plain lists
TRIES = 4
ROUNDS = 5  # a step that is slow is slow in all of them; a busy machine adds to some
RELEASES, RUNS = 200, 100
IDS = [f"nobody-{number}" for number in range(1_000)]
KNOBS = {"num_recs": 100, "explain": 1, "explore": 20, "min_diversity": 1, "max_age_hours": 0.01}
MANY_IDS = {"history": IDS, "exclude": IDS, "exclude_ids": IDS}
DEEP = "[" * 50_000 + "]" * 50_000
LONG = 900_000
UNKNOWN = json.dumps({f"k{number}": 0 for number in range(50_000)})
PARAMETERS = "?" + "&".join(f"k{number}" for number in range(9_000))
NUMBERS = "[" + "0," * (LONG // 2) + "0]"
OBJECTS = "[" + "{}," * (LONG // 3) + "{}]"
ACCENTS = "\u0301\u0323" * 128
LABELS = dict.fromkeys(("region", "device", "os", "section"), ACCENTS)
EVENTS = [{"event_id": "{turn}-" + str(n), "user_id": f"u{n}", "page": f"a{n % 60}"} for n in range(1_000)]
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
FORMS = [{"content": content, "headers": FORM_TYPE} for content in ("token=" + "%41" * (LONG // 3), "&" * LONG)]
HTML = {"headers": {"Accept": "text/html", "Accept-Language": "pt"}}
READER = {"user": "log0", "n": 50, "explain": True, "history": IDS[:100]}
Asked = tuple[str, str, dict[str, Any]]
WORST: dict[tuple[str, str], list[Asked]] = {  # by route what is asked, and how
    ("get", "/recommendations"): [
        ("GET", "/recommendations", {"params": KNOBS}),
        ("GET", "/recommendations", {"params": {"num_recs": 100, "section": "nowhere"}}),
        ("GET", "/recommendations", {"params": {"exclude_ids": IDS, "num_recs": 100}}),
        ("GET", "/recommendations", {"params": {"cursor": "x" * 20_000}}),
        ("GET", "/recommendations", {"params": {"exclude_ids": IDS, "user_id": "log0", **KNOBS}}),
        ("GET", "/recommendations", {"params": {"user_id": "x" + " " * 50_000 + "x"}}),
        ("GET", "/recommendations" + PARAMETERS, {}),
    ],
    ("post", "/recommendations"): [
        ("POST", "/recommendations", {"json": {"num_recs": 100, "explain": True, "history": IDS, "exclude": IDS}}),
        ("POST", "/recommendations", {"json": {**MANY_IDS, **KNOBS, "explain": True, "user_id": "log0"}}),
        ("POST", "/recommendations", {"json": {"user_id": "x" + " " * LONG + "x"}}),
        ("POST", "/recommendations", {"json": {"region": "&amp;" * (LONG // 5)}}),
        (
            "POST",
            "/recommendations",
            {"json": dict.fromkeys(("region", "device", "os", "section", "tag"), ACCENTS)},
        ),
        *(("POST", "/recommendations", {"content": content}) for content in (DEEP, UNKNOWN, NUMBERS, OBJECTS)),
        ("POST", "/recommendations", {"json": {"history": ["x" * 900] * 1_000}}),
    ],
    ("post", "/predict"): [
        ("POST", "/predict", {"json": {"userId": "me", "maxResults": 100}}),
        *(("POST", "/predict", {"content": content}) for content in (DEEP, UNKNOWN, NUMBERS, OBJECTS)),
    ],
    ("post", "/events"): [
        ("POST", "/events", {"json": EVENTS}),
        ("POST", "/events", {"json": [{**event, "kind": "impression", "session": "s"} for event in EVENTS]}),
        ("POST", "/events", {"json": EVENTS[:30]}),
        ("POST", "/events", {"content": compress(NUMBERS.encode()), "headers": {"Content-Encoding": "gzip"}}),
        ("POST", "/events", {"json": [*EVENTS[:-1], {"event_id": "e"}]}),
        ("POST", "/events", {"json": [{**event, "time": 1} for event in EVENTS]}),
        ("POST", "/events", {"json": [{**event, **LABELS} for event in EVENTS[:100]]}),
        *(("POST", "/events", {"content": content}) for content in (DEEP, UNKNOWN, NUMBERS, OBJECTS)),
        ("POST", "/events", {"json": [{"event_id": "e", "page": "x" * 900}] * 1_000}),
    ],
    ("get", "/articles"): [
        ("GET", "/articles", {"params": {"q": "a b c d e f g h", "limit": 100}}),
        ("GET", "/articles", {"params": {"section": "nowhere", "limit": 100}}),
        ("GET", "/articles", {"params": {"section": ACCENTS, "region": ACCENTS}}),
        ("GET", "/articles" + PARAMETERS, {}),
    ],
    ("get", "/articles/{page}"): [("GET", "/articles/" + "x/" * 200, {})],
    ("get", "/most-read"): [("GET", "/most-read", {"params": {"limit": 100, "window": "24h", "region": "x"}})],
    ("get", "/latest"): [("GET", "/latest", {"params": {"limit": 100, "section": "nowhere"}})],
    ("get", "/health"): [("GET", "/health", {})],
    ("get", "/ready"): [("GET", "/ready", {})],
    ("get", "/info"): [("GET", "/info", {})],
    ("get", "/model"): [("GET", "/model", {})],
    ("get", "/evaluation/metrics"): [("GET", "/evaluation/metrics", {})],
    ("get", "/releases"): [("GET", "/releases", {})],
    ("get", "/metrics"): [("GET", "/metrics", {})],
    ("get", "/students/health"): [("GET", "/students/health", {})],
    ("get", "/students/model"): [("GET", "/students/model", {})],
}
PAGES: dict[tuple[str, str], list[Asked]] = {  # of the public routes that the description leaves out
    **{("get", path): [("GET", path, HTML)] for path in ("/", "/demo", "/demo.js", "/docs", "/pauta.js")},
    ("get", "/docs/oauth2-redirect"): [("GET", "/docs/oauth2-redirect", {})],
    ("get", "/news"): [("GET", "/news", HTML), ("GET", "/news", {**HTML, "params": {"section": "nowhere"}})],
    ("get", "/news/compare"): [("GET", "/news/compare", HTML)],
    ("get", "/news/read/{page}"): [("GET", "/news/read/a1", HTML), ("GET", "/news/read/" + "x/" * 200, HTML)],
    ("post", "/news/list"): [
        *(
            ("POST", "/news/list", {"json": {**READER, "side": side, "section": section}})
            for side in SIDES
            for section in ("", "nowhere")
        ),
        *(("POST", "/news/list", {"content": content}) for content in (DEEP, UNKNOWN, NUMBERS, OBJECTS)),
        ("POST", "/news/list", {"json": {"section": "&amp;" * (LONG // 5)}}),
    ],
    ("get", "/login"): [("GET", "/login", HTML), ("GET", "/login", {"params": {"next": "x" * 60_000}})],
    ("post", "/login"): [("POST", "/login", form) for form in FORMS],
    ("get", "/web/{name}"): [("GET", "/web/nothing.js", HTML)],
}
STREAMS = {("GET", "/news/changes")}  # answers for seconds; what it does in each is tested in tests/app/news/pages


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Iterator[httpx.Client]:
    """A service with a release in it, many others beside it, and many evaluations."""
    root = tmp_path_factory.mktemp("large")
    (root / "one").mkdir()
    (root / "one/file").write_text("a release")
    releases = Releases(f"{root / 'models'}/news")
    facts = {f"fact {number}": "some words" for number in range(40)}
    for number in range(RELEASES):
        releases.publish(root / "one", f"old-{number}", facts)
    moment, figures = "2026-01-01T00:00:00", "all,ndcg,10,.2,.1,.3,9,a,b"
    rows = [f"r{run},{moment},sample,v1,m{model},{figures}" for run in range(RUNS) for model in range(40)]
    (root / FILE).write_text("\n".join([HEADER, *rows]))
    with of_a_module(root, folders, admin_token=SecretStr(TOKEN)) as client:
        yield client


@pytest.fixture(scope="module")
def longest() -> Iterator[list[float]]:
    """Processor seconds of the longest step of the event loop since the list was set back to 0."""
    found, run = [0.0], Handle._run

    def timed(handle: Handle) -> None:
        start = time.thread_time()
        run(handle)
        found[0] = max(found[0], time.thread_time() - start)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handle, "_run", timed)
        yield found


def cost(client: httpx.Client, longest: list[float], asked: Asked) -> float:
    """Processor seconds of the longest step that a request makes, at best of some tries: noise only adds to it."""
    method, path, options = asked
    found = []
    for turn in range(TRIES):
        mine = {**options}
        if isinstance(mine.get("json"), list):
            mine = {"content": json.dumps(mine["json"]).replace("{turn}", f"{time.monotonic_ns()}-{turn}")}
        longest[0] = 0.0
        headers = {"Content-Type": "application/json", **mine.pop("headers", {})}
        client.request(method, path, headers=headers, **mine)
        client.get("/health")  # answered by a later step, so the one that wrote the answer has ended
        found.append(longest[0])
    return min(found)


def plain_list(client: httpx.Client, longest: list[float]) -> float:
    """Processor seconds of the longest step of a plain list of 10."""
    plain: Asked = ("GET", "/recommendations", {"params": {"user_id": "log0"}})
    return min(cost(client, longest, plain) for _ in range(3))


def test_every_public_route_is_asked_with_its_worst(large: httpx.Client) -> None:
    paths = large.get("/openapi.json").json()["paths"]
    public = {
        (method, path)
        for path, methods in paths.items()
        for method, route in methods.items()
        if method in ("get", "post", "put", "patch", "delete") and not route.get("security")
    }
    assert public == WORST.keys()
    asked = {(method.upper(), path) for method, path in {**WORST, **PAGES}}
    assert asked == PUBLIC - STREAMS


@pytest.mark.parametrize("route", [*WORST, *PAGES], ids=" ".join)
def test_no_step_of_a_stranger_takes_four_plain_lists(
    longest: list[float], large: httpx.Client, route: tuple[str, str]
) -> None:
    slow = {f"{place}: {asked[1][:40]}": asked for place, asked in enumerate({**WORST, **PAGES}[route])}
    for _ in range(ROUNDS):
        plain = plain_list(large, longest)
        lists = {name: cost(large, longest, asked) / plain for name, asked in slow.items()}
        slow = {name: asked for name, asked in slow.items() if lists[name] > BAR}
    assert {name: lists[name] for name in slow} == {}


def test_naming_the_whole_live_state_takes_no_step(longest: list[float], large: httpx.Client) -> None:
    admin: dict[str, Any] = {"headers": {"Authorization": f"Bearer {TOKEN}"}, "params": {"digest": 1}}
    assert large.get("/live", **admin).json()["digest"]
    assert cost(large, longest, ("GET", "/live", admin)) <= BAR * plain_list(large, longest)


@pytest.mark.parametrize("content", [UNKNOWN, OBJECTS, NUMBERS])
def test_a_body_is_parsed_beside_the_loop_before_anybody_knows_who_sent_it(
    longest: list[float], large: httpx.Client, content: str
) -> None:
    paths = large.get("/openapi.json").json()["paths"]
    plain = plain_list(large, longest)
    for path, methods in paths.items():
        for method, route in methods.items():
            if "requestBody" in route:
                asked = (method.upper(), path.replace("{event_id}", "e"), {"content": content})
                assert cost(large, longest, asked) <= BAR * plain, path


def test_a_form_is_parsed_only_after_the_check_of_who_sent_it(longest: list[float], large: httpx.Client) -> None:
    plain = plain_list(large, longest)
    for method, path in sorted(SIGNED_IN):
        if method == "POST":
            assert cost(large, longest, (method, path, FORMS[0])) <= BAR * plain, path


def test_a_step_that_takes_long_is_seen(longest: list[float]) -> None:
    async def work() -> None:
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass

    longest[0] = 0.0
    asyncio.run(work())
    assert longest[0] >= 0.05
