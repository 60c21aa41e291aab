"""Why an article is in a list, in the language of a page."""

import re

from app.shell.words import Texts

TITLE = re.compile("“(.+)”")


def reason_text(texts: Texts, source: str, reason: str) -> str:
    """The reason of an item, in the words of a page.

    Args:
        texts: the words of the page.
        source: source of the item, such as ``trending_10m``.
        reason: reason of the item, in English; it may quote the title of an article.
    """
    if source == "session" and (title := TITLE.search(reason)):
        return texts["reason_session_of"].format(title=title[1])
    return texts.get(f"reason_{source}", texts["reason_other"])
