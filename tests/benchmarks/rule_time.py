"""The time of one list without rules and with 1,000, on the same users, in one process."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import Query
from script_shared.news.rules.conflicts import contradiction
from script_shared.news.rules.rule import By, Group, Kind, Rule
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.serving.loading import load_ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.releases_made import SECTIONS
from tests.benchmarks.made_site import entries, readers, release_folder

LISTS, TURNS = 60, 9
RULES = 1_000
SHARES: dict[Kind, float] = {
    "take_down": 0.3,
    "embargo": 0.05,
    "pin": 0.2,
    "boost": 0.2,
    "bury": 0.2,
    "keep_apart": 0.04,
}


def rule_times(work: Path) -> dict[str, Any]:
    """By kind of mixture the times of a list."""
    recommender = recommender_of(release_folder(work))
    alive, sections = alive_articles(recommender), list(SECTIONS)
    queries = [Query(user, region="3", device="mobile") for user in readers(LISTS)]
    mixtures = {"rules without quotas": SHARES, "rules with quotas": {**SHARES, "quota": 0.01}}
    return {name: _compared(recommender, queries, mixture(alive, sections, of)) for name, of in mixtures.items()}


def recommender_of(release: Path) -> LiveRecommender:
    """The release as the API serves it, with the log folded."""
    params, model = load_params(NewsParams, FILE), NewsModel.load(release, "v1")
    newsroom = Newsroom(LiveState(params.live))
    newsroom.apply(entries())
    model.clock.advance(newsroom.now_ms)
    return LiveRecommender(model, newsroom, load_ranker(release)[0], params.serving)


def alive_articles(recommender: LiveRecommender) -> list[str]:
    """Live articles, most clicked first."""
    state = recommender.newsroom.state
    assert state is not None
    rows = state.articles.live_rows()
    return [state.article_id(int(row)) for row in rows[np.argsort(-state.articles.clicks[rows], kind="stable")]]


def mixture(alive: Sequence[str], sections: Sequence[str], shares: dict[Kind, float]) -> list[Rule]:
    """Rules that hold at once and do not contradict each other, about articles that lists would have."""
    random, rules = np.random.default_rng(2), list[Rule]()
    kinds = [kind for kind, share in shares.items() for _ in range(round(RULES * share / sum(shares.values())))]
    for turn, kind in enumerate(kinds):
        for _ in range(50):
            rule = _rule(kind, turn, random, alive, sections)
            if not contradiction(rule, rules):
                rules.append(rule)
                break
    return rules


def _rule(kind: Kind, turn: int, random: np.random.Generator, alive: Sequence[str], sections: Sequence[str]) -> Rule:
    article = alive[int(random.integers(len(alive)))]
    section = sections[int(random.integers(len(sections)))]
    in_section = kind == "quota" or (kind in ("boost", "bury") and turn % 50 == 0)
    by: By = "section" if in_section else "article"
    fields: dict[str, Any] = {"about": Group(by, section if in_section else article), "start_ms": 0}
    if kind == "pin":
        fields |= {"place": int(random.integers(1, 30)), "front": section if turn % 20 else ""}
    elif kind == "quota":
        fields |= {"most": 0.5 if turn % 2 else None, "least": None if turn % 2 else 0.1}
    elif kind == "keep_apart":
        fields["other"] = Group("article", alive[int(random.integers(len(alive)))])
    return Rule(f"{turn:012x}", kind, **fields)


def _compared(recommender: LiveRecommender, queries: Sequence[Query], rules: Sequence[Rule]) -> dict[str, Any]:
    """The times of each list without and with rules, one right after the other, the least of some turns."""
    now_ms, books = recommender.clock.now_ms(), (RuleBook(), RuleBook(rules, 1))
    books[1].replace(rules, 2)
    started = time.perf_counter()
    books[1].at(now_ms)
    prepared_ms = 1000 * (time.perf_counter() - started)
    took = np.zeros((TURNS, len(queries), 2))
    for turn in range(TURNS):
        for at, query in enumerate(queries):
            for column in (0, 1) if turn % 2 else (1, 0):
                took[turn, at, column] = _seconds(recommender, query, books[column])
    plain, with_rules = took[1:].min(axis=0).mean(axis=0).tolist()  # the first turn looks articles up
    return {
        "rules": len(rules),
        "plain_us": 1e6 * plain,
        "rules_us": 1e6 * with_rules,
        "share": with_rules / plain - 1,
        "prepared_ms": prepared_ms,
    }


def _seconds(recommender: LiveRecommender, query: Query, book: RuleBook) -> float:
    """Processor time of one list: other programs share the machine."""
    recommender._contexts._book = book
    started = time.process_time()
    recommender.answer(query)
    return time.process_time() - started
