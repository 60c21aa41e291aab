"""Texts of the generated articles say what they are about."""

from collections import Counter
from pathlib import Path

import polars as pl

from pipelines.sample_world.words import REGIONAL, words
from tests.pipelines.sample_world.worlds import itens


def articles(folder: Path) -> pl.DataFrame:
    truth = pl.read_parquet(folder / "truth" / "articles.parquet")
    return itens(folder).join(truth, left_on="page", right_on="article_id")


def test_bodies_hold_the_terms_of_their_own_topic_far_more_than_of_any_other(default_world: Path) -> None:
    terms = {f"{topic.section}/{topic.name}": topic.terms for topic in words().topics}
    right = 0
    sample = articles(default_world).sample(150, seed=1)
    for topic, body in sample.select("topic", "body").iter_rows():
        counts = Counter({name: sum(body.lower().count(term) for term in own) for name, own in terms.items()})
        right += counts.most_common(1)[0][0] == topic
    assert right >= 0.95 * len(sample)


def test_urls_tell_section_or_state_and_day_and_are_all_different(default_world: Path) -> None:
    frame = articles(default_world)
    parts = frame["url"].str.extract_groups(
        r"^https://pauta\.example/(.+)/noticia/(\d{4}/\d\d/\d\d)/[a-z0-9-]+\.ghtml$"
    )
    found = parts.struct.unnest()
    assert found.null_count().sum_horizontal().item() == 0
    assert frame["url"].is_unique().all()
    assert (found["2"] == frame["issued"].dt.strftime("%Y/%m/%d")).all()
    expected = pl.select(pl.when(frame["section"] == REGIONAL).then(frame["region"]).otherwise(frame["section"]))
    assert (found["1"].str.split("/").list.first() == expected.to_series()).all()


def test_titles_bodies_and_captions_are_sentences_of_the_usual_length(default_world: Path) -> None:
    frame = articles(default_world)
    assert frame["title"].str.contains(r"^\p{Lu}").all()
    assert frame["caption"].str.contains(r"^\p{Lu}.*\.$").all()
    assert not frame["body"].str.contains(r"[{}]|\bNone\b|null").any()
    assert 40 < frame["title"].str.len_chars().mean() < 110
    assert 1_800 < frame["body"].str.len_chars().mean() < 2_800
    assert frame["body"].n_unique() == len(frame)


def test_no_two_topics_share_a_name_and_every_topic_has_words_of_its_own() -> None:
    topics = words().topics
    assert len({(topic.section, topic.name) for topic in topics}) == len(topics)
    seen = Counter(term for topic in topics for term in topic.terms)
    for topic in topics:
        assert sum(seen[term] == 1 for term in topic.terms) >= 6
