"""What is posted over HTTP is in the next release, and who was erased is in nothing that is made from then on."""

import json
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from pydantic import SecretStr

from pipelines.news.dataset import Dataset
from pipelines.news.upkeep.maintenance import prune
from pipelines.news.use_case import NEWS
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, release_of, serving, until
from tests.pipelines.dags.tiny import NUMBERS
from tests.pipelines.news.upkeep.test_maintenance import DAY, set_age

ADMIN = {"Authorization": f"Bearer {TOKEN}"}
MADE = tuple(step.name for step in NEWS.steps if step.name not in ("quality", "track"))
STORY = {
    "page": "posted-story",
    "title": "Juros caem e bolsa sobe",
    "url": "https://pauta.example/economia/noticia/posted.ghtml",
    "text": "O mercado de juros e a bolsa reagem ao anúncio do banco.",
}


def context_of(root: Path, run_id: str) -> Context:
    settings = Settings(
        data_dir=root / "data",
        models_uri=str(root / "models"),
        evaluation_dir=root / "evaluation",
        cache_dir=root / "cache",
        release_poll_seconds=0.05,
        admin_token=SecretStr(TOKEN),
    )
    numbers = NUMBERS | {"sample.users": 700, "sample.articles": 300, "sample.interactions": 6_000}
    params = load_params(NewsParams, FILE, [f"{key} = {value}" for key, value in numbers.items()])
    return Context(settings, params, Run(root / "data" / "news", run_id), Options(source="sample", force="promote"))


def make(context: Context, *names: str) -> dict[str, Any]:
    """Run these steps, without any all but the data card; the facts of those without parts."""
    facts = {}
    for step in NEWS.steps:
        if step.name not in (names or MADE):
            continue
        for part in step.parts:
            step.action(context, part)
        if not step.parts:
            facts[step.name] = step.action(context)
    return facts


def send(client: httpx.Client, user: str, page: str) -> None:
    body = {"event_id": f"{user} {page}", "user_id": user, "page": page, "session": f"visit-{user[:6]}", "region": "sp"}
    assert client.post("/events", json=body).status_code == 200


def holds(folder: Path, name: str) -> list[str]:
    """The files below a folder that contain a text: in any value of a table, in the bytes of any other file."""
    found = []
    for file in filter(Path.is_file, folder.rglob("*")):
        if file.suffix == ".parquet":
            columns = pl.read_parquet(file).iter_columns()
            texts = [column for column in columns if column.dtype == pl.String]
            held = any(column.str.contains(name, literal=True).any() for column in texts)
        else:
            held = name.encode() in file.read_bytes()
        if held:
            found.append(file.relative_to(folder).as_posix())
    return found


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_events_reach_the_next_release_and_erased_readers_do_not(tmp_path: Path) -> None:
    first, second, third = (context_of(tmp_path, name) for name in ("one", "two", "three"))
    make(first)
    users = Dataset.load(first.run.read("refined")).users.sort("reads", descending=True)
    gone, stays = users["user_id"][:2]
    with serving(first.settings) as client:
        until(lambda: release_of(client) == "one")
        assert client.post("/articles", json=STORY, headers=ADMIN).status_code == 200
        for user in (gone, stays, "newcomer"):
            send(client, user, STORY["page"])
        assert client.delete(f"/users/{gone}", headers=ADMIN).json()["entries"] >= 1
        facts = make(second)
        until(lambda: release_of(client) == "two")
        answer = client.get("/recommendations", params={"user_id": stays, "num_recs": 100}).json()
        assert STORY["page"] not in [item["page"] for item in answer["items"]]

    assert facts["download"]["reused_from"] == "one"
    counts = {"events_clicks": 2, "events_articles": 1, "events_readers": 1, "erased_left_out": 1}
    counts |= {"erased_readers": 2}  # the user, and the visit that counts for the user
    assert {name: facts["refine"][name] for name in counts} == counts
    release = second.releases.fetch("two")
    model = NewsModel.load(release, "two")
    assert model.clock.mode == "data"
    position = json.loads((release / "live" / "position.json").read_text())
    assert position == {"seq": facts["refine"]["events_seq"]}
    story = model.catalog.ids.row(STORY["page"])
    assert model.catalog.titles[story] == STORY["title"]
    for user in (stays, "newcomer"):
        history = model.readers.batch(_row(model, user)).histories
        assert story in history.article.tolist()

    for step in ("refined", "trained", "assembled", "ranked", "evaluated", "gated", "published"):
        assert holds(second.run.read(step) if step != "trained" else second.run.folder(step), gone) == []
    assert holds(release, gone) == []
    assert holds(release, stays) != []
    assert holds(second.run.read("raw") / "events", gone) == []

    again = make(third, "download", "refine")
    assert (again["download"]["reused_from"], again["download"]["events"]) == ("two", "unchanged since run two")
    assert again["refine"]["interactions"] == facts["refine"]["interactions"]

    for step in first.run.root.iterdir():
        set_age(step, 3 * DAY)
    done = prune(context_of(tmp_path, "maintenance"))
    assert done["events_pruned"] == 0  # nothing is older than the retention on the data's clock
    assert done["releases_with_erased"] == {"one": 1}
    assert set(done["erased_from_runs"]) == {"one", "two", "three"}
    assert holds(first.run.root, gone) == []


def _row(model: NewsModel, user: str) -> Any:
    import numpy as np

    return np.array([model.readers.ids.row(user)])
