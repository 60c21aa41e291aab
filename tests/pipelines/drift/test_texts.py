"""Drift of texts: terms that became frequent or rare are named; texts of one kind show no drift."""

import numpy as np
import polars as pl
import pytest

from pipelines.drift import compare
from pipelines.drift.languages import language, languages
from pipelines.drift.texts import terms_index

WORDS = [f"palavra{number}" for number in range(80)]


def texts(seed: int, *, rows: int = 300, more: str = "", share: float = 0.0) -> list[str]:
    draw = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(WORDS) + 1)
    found = [" ".join(draw.choice(WORDS, 12, p=weights / weights.sum())) for _ in range(rows)]
    return [f"{text} {more}" if draw.random() < share else text for text in found]


def drift_of(before: list[str | None], now: list[str | None]) -> object:
    frames = [pl.DataFrame({"title": side}, schema={"title": pl.String}) for side in (before, now)]
    return compare(*frames, names=("before", "now"), texts=["title"], used=["title"]).shifts[0]


@pytest.mark.parametrize("seed", range(4))
def test_texts_of_one_kind_show_no_drift(seed: int) -> None:
    assert drift_of(texts(seed), texts(seed + 100)).level == "none"


def test_a_term_that_becomes_frequent_is_named_with_both_shares() -> None:
    shift = drift_of(texts(1), texts(2, more="Eleição eleição", share=0.9))
    assert shift.level != "none"
    first = shift.terms[0]
    assert (first.term, first.share_before) == ("eleicao", 0.0)
    assert first.share > 0.8
    assert first.gap > 0.8
    assert "more of eleicao (0 % to 9" in shift.sentence


def test_windows_without_texts_do_not_make_different_words_usual() -> None:
    sides = [*(texts(seed) for seed in range(4)), [None] * 300, [None] * 300]
    windows = [pl.DataFrame({"title": side}, schema={"title": pl.String}) for side in sides]
    now = pl.DataFrame({"title": texts(9, more="Eleição eleição", share=0.9)})
    drift = compare(pl.concat(windows), now, names=("before", "now"), texts=["title"], windows=windows)
    assert drift.shifts[0].level != "none"


def test_entirely_different_words_are_large_drift() -> None:
    shift = drift_of(texts(1), [text.replace("palavra", "termo") for text in texts(2)])
    assert shift.level == "large"


@pytest.mark.parametrize("sides", [([None], ["a text"]), ([], []), (["the of and"], ["the of and"]), (["x"], ["y"])])
def test_sides_without_words_are_compared_without_an_error(sides: tuple[list[str | None], list[str | None]]) -> None:
    assert drift_of(*sides).index >= 0


def test_the_index_is_zero_for_equal_counts_and_positive_for_others() -> None:
    assert terms_index(np.array([9, 1]), np.array([1, 9])) > 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("o candidato tem experiência com a equipe de vendas e não com o suporte", "pt"),
        ("the candidate has experience with the sales team and not with support", "en"),
        ("desarrollador java kubernetes terraform ansible", "other"),
        ("", "other"),
    ],
)
def test_the_language_of_a_text(text: str, name: str) -> None:
    assert language(text) == name


def test_languages_of_a_column_keep_missing_values() -> None:
    assert languages(pl.Series(["the cat is on the table and so it is", None])).to_list() == ["en", None]
