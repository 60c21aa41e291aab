"""When a posted article gets a place among the live ones."""

from script_shared.clock import HOUR_MS
from script_shared.news.catalog.editorial import Story
from script_shared.news.state.state import LiveState
from script_shared.times import LATEST_MS

KEPT_HOURS = 168.0  # times the pace: an article posted with an older publication takes no place in the live state


def publish(state: LiveState, story: Story, posted_ms: int) -> None:
    """Give the article a place among those that are alive, unless it is too old for one."""
    issued_ms = min(story.posted_ms if story.issued_ms is None else story.issued_ms, LATEST_MS)
    if story.issued_ms is None and (row := state.article_row(story.article_id)) >= 0:
        issued_ms = min(issued_ms, int(state.articles.first_ms[row]))  # it was known before anybody posted it
    old = issued_ms < posted_ms - KEPT_HOURS * state.params.pace * HOUR_MS
    if not old or state.article_row(story.article_id) >= 0:
        state.publish_article(story.article_id, issued_ms, story.place[0])
