"""Params of small recommenders, and readers for them."""

from script_shared.events import Entry, Kind
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.app.releases_made import NOW_MS

PARAMS = load_params(NewsParams, FILE)
LIVE = PARAMS.live.model_copy(update={"articles": 32, "known_articles": 1000, "readers": 50})
SERVING = PARAMS.serving.model_copy(update={"trusted_clicks": [5.0], "max_shown": 2})


def boom(*args, **options):
    raise RuntimeError("broken on purpose")


def click(seq: int, user: str, page: str, ago_s: float = 0, **body) -> Entry:
    return Entry(f"e{seq}", Kind.CLICK, int(NOW_MS - 1000 * ago_s), user, page, body, seq)


def busy(count: int = 60) -> list[Entry]:
    """Many readers who read a20, then a21."""
    return [
        click(2 * n + place + 1, f"reader{n}", page, 2 * (count - n) - place)
        for n in range(count)
        for place, page in enumerate(("a20", "a21"))
    ]


def pages_of(answer):
    return [item.article_id for item in answer.items]
