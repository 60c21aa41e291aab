"""``python -m tests.benchmarks.posted_load [POSTS] [--all]``: memory and seconds of what a load reads of posts.

The posts are spread over a year and each has 4,000 characters of text; articles expire after three days. ``--all``
measures how it was before: every post with its text is read, and folded.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path

from app.news.events.posted_articles import PostedArticles
from script_shared.events import Entry, EventLog, Kind
from script_shared.news.catalog.editorial import Editorial
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params

NOW_MS, YEAR_MS, ALIVE_HOURS = 1_660_532_400_000, 365 * 86_400_000, 72.0
WORDS = ["governo", "economia", "vacina", "cidade", "jogo", "turno", "prova", "festival", "chuva", "escola"]


def main() -> None:
    """Print what a load takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=int, nargs="?", default=20_000)
    parser.add_argument("--all", action="store_true", help="read and keep every post")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = EventLog(f"sqlite:///{Path(folder) / 'events.db'}")
        _write(log, args.posts)
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        stories = _all(log) if args.all else _needed(log)
        seconds = time.perf_counter() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        log.close()
    said = {"posts": args.posts, "stories": len(stories), "seconds": round(seconds, 3), "mb": round(grown / 1e3, 1)}
    print(json.dumps(said))


def _needed(log: EventLog) -> Editorial:
    room = Newsroom(LiveState(load_params(NewsParams, FILE).live), seq=log.head())
    room.now_ms = NOW_MS
    PostedArticles(log, None, ALIVE_HOURS).load(room, None)
    return room.editorial


def _all(log: EventLog) -> Editorial:
    editorial, entries = Editorial(), log.tail(0, 10**9)
    for entry in entries:
        editorial.apply(entry)
    return editorial


def _write(log: EventLog, posts: int) -> None:
    draw = random.Random(1)
    for start in range(0, posts, 500):
        log.append([_post(draw, number, posts) for number in range(start, min(start + 500, posts))])


def _post(draw: random.Random, number: int, posts: int) -> Entry:
    issued_ms = NOW_MS - YEAR_MS + YEAR_MS * number // posts
    body = {
        "title": " ".join(draw.choices(WORDS, k=9)),
        "url": f"https://site.example/economia/{number}-{'-'.join(draw.choices(WORDS, k=8))}.ghtml",
        "text": " ".join(draw.choices(WORDS, k=700))[:4_000],
        "section": "economia",
        "issued_ms": issued_ms,
    }
    return Entry(f"e{number}", Kind.ARTICLE, issued_ms, "", f"page-{number:08d}", body)


if __name__ == "__main__":
    main()
