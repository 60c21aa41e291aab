"""A posted article has one publication, title, section and region: training and serving read the log alike."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.event_parts import TYPES
from pipelines.news.refine.events.posts import latest_posts
from script_shared.events import Entry, Kind
from script_shared.news.catalog.editorial import Editorial
from script_shared.times import EARLIEST_MS, LATEST_MS

ANY = st.one_of(
    st.none(), st.integers(-(2**62), 2**62), st.integers(EARLIEST_MS, LATEST_MS), st.integers(10**9, 10**10)
)
POSTED = 1_660_532_387_000


@given(ANY)
def test_live_and_refine_read_the_same_publication(issued):
    entry = Entry("e", Kind.ARTICLE, POSTED, "", "a", {"issued_ms": issued})
    story = Editorial().apply(entry)
    row = {"seq": 1, "time_ms": POSTED, "article_id": "a", "said": ["issued_ms"], "issued_ms": issued}
    post = latest_posts(pl.LazyFrame([row], schema=TYPES["event_posts"]))
    trained = post.select(pl.coalesce("issued", "posted").dt.epoch("ms")).item()
    assert trained == (story.issued_ms if story.issued_ms is not None else story.posted_ms)


def test_an_article_that_an_older_version_logged_in_seconds_is_of_that_second():
    entry = Entry("e", Kind.ARTICLE, POSTED, "", "a", {"issued_ms": 1_660_532_000, "expires_ms": 253_402_300_799_000})
    story = Editorial().apply(entry)
    assert story.issued_ms == 1_660_532_000_000
    assert story.expires_ms == LATEST_MS


LABELS = st.sampled_from([None, "", " Sa&uacute;de ", "saude", "SP", "\u200b"])
URLS = st.sampled_from(
    [None, "", "https://site.example/saude/a", "https://site.example/sp/campinas/esporte/a", "no address"]
)
POSTS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
        "url": URLS,
        "section": LABELS,
        "region": LABELS,
    },
)


@given(st.lists(POSTS, min_size=1, max_size=4))
def test_live_and_refine_read_the_same_title_section_and_region(bodies):
    editorial, rows = Editorial(), []
    for seq, body in enumerate(bodies, 1):
        story = editorial.apply(Entry(f"e{seq}", Kind.ARTICLE, POSTED, "", "a", body))
        rows.append({"seq": seq, "time_ms": POSTED, "article_id": " a ", "said": list(body), **body})
    post = latest_posts(pl.LazyFrame(rows, schema=TYPES["event_posts"]))
    assert post.select("article_id", "title").row(0) == ("a", story.title)
    assert post.select(pl.col("section", "region").fill_null("")).row(0) == story.place
