"""How soon a person can use each page while the service answers other requests.

The service is a process of its own with two small releases of news, one of students and one of recruiting. Another
process requests lists at a fixed rate. Chromium opens each page several times; a page is usable when its content is
loaded, one whose script requests a list when the first article is there. ``make bench-pages`` runs this.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, listens, started, until
from tests.app.recruiting import releases as recruiting
from tests.app.recruiting.releases import VACANCY
from tests.app.releases_made import make_release
from tests.app.shell.browsers import chromium
from tests.app.students import releases as students

CASE, EDITOR, TEACHER, RECRUITER = "/operations/news", "/news/editor", "/students/page", "/recruiting/page"
PAGES = {  # path to what has to be there
    "/": "h1",
    "/news": "article h2",
    "/news/read/a20": "#next article",
    "/news/compare": "#right-list article",
    "/operations": "section",
    f"{CASE}/releases": "section",
    f"{CASE}/compare?a=v1&b=v2": "section",
    f"{CASE}/runs": "h1",
    f"{CASE}/drift": "h1",
    f"{CASE}/live": "section",
    f"{CASE}/quarantine": "form.panel",
    "/operations/record": "form.filters",
    EDITOR: "h1",
    f"{EDITOR}/articles?q=a2": "table.list tbody a",
    f"{EDITOR}/article?page=a20": "details.take-down",
    f"{EDITOR}/rules": "h1",
    f"{EDITOR}/rules/new?kind=pin&by=article&name=a20": "form.rule",
    f"{EDITOR}/record": "h1",
    TEACHER: "tbody a",
    f"{TEACHER}/RA-1": ".plot svg",
    RECRUITER: "table.list tbody a",
    f"{RECRUITER}/search?q=java": "li.match",
    f"{RECRUITER}/vacancies/{VACANCY}": "li.match",
}
USE_CASES = ("news", "students", "recruiting")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=50, help="other requests a second")
    parser.add_argument("--times", type=int, default=7, help="visits of each page")
    parser.add_argument("--load", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.load:
        asyncio.run(_request(args.load, args.rate))
        return
    with tempfile.TemporaryDirectory() as folder, started(_site(Path(folder))) as (address, _):
        until(lambda: listens(address) and all(_is_ready(address, name) for name in USE_CASES))
        load = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.pages", "--load", address, "--rate", str(args.rate)]
        )
        try:
            _measure(address, args.times)
        finally:
            load.terminate()
            load.wait()


def _site(folder: Path) -> Settings:
    settings = Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder / "evaluation",
        admin_token=SecretStr(TOKEN),
    )
    releases = Releases(f"{settings.models_uri}/news")
    for version, title in (("v1", "Velha"), ("v2", "Nova")):
        releases.publish(make_release(folder / title, title), version, run_id=f"run-{version}")
        releases.promote(version, "made for a benchmark")
    for name, make in (("students", students.make_release), ("recruiting", recruiting.make_release)):
        releases = Releases(f"{settings.models_uri}/{name}")
        releases.publish(make(folder / name), "v1")
        releases.promote("v1", "made for a benchmark")
    return settings


def _is_ready(address: str, use_case: str) -> bool:
    return httpx.get(f"{address}/ready", params={"use_case": use_case}).status_code == 200


def _measure(address: str, times: int) -> None:
    print("| page | median ms | slowest ms |\n|---|---|---|")
    with chromium() as browser:
        page = browser.new_context(base_url=address).new_page()
        page.goto("/login")
        page.fill("input[name=token]", TOKEN)
        page.click("main button")
        for path, ready in PAGES.items():
            page.goto(path)  # styles and scripts are in the cache from now on
            found = [_visit(page, path, ready) for _ in range(times)]
            print(f"| `{path}` | {statistics.median(found):.0f} | {max(found):.0f} |", flush=True)


def _visit(page: Any, path: str, ready: str) -> float:
    begin = time.perf_counter()
    page.goto(path, wait_until="domcontentloaded")
    page.wait_for_selector(ready)
    return 1000 * (time.perf_counter() - begin)


async def _request(address: str, rate: int) -> None:
    """Request lists at a rate, whether the answers come or not."""
    waiting: set[asyncio.Task[Any]] = set()
    async with httpx.AsyncClient(base_url=address, timeout=10) as client:
        begin, number = time.perf_counter(), 0
        while True:
            number += 1
            task = asyncio.create_task(_one(client, number))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))


async def _one(client: httpx.AsyncClient, number: int) -> None:
    try:
        await client.get("/recommendations", params={"user_id": f"reader{number % 500}", "num_recs": 10})
    except httpx.HTTPError as error:
        print(f"a request of the load failed: {type(error).__name__}", file=sys.stderr)


if __name__ == "__main__":
    main()
