"""Articles: what their addresses tell, and texts that hold anything."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.news.raw.addresses import section_and_region
from pipelines.news.refine.challenge.articles import refine_articles
from tests.pipelines.news.challenge_files import ITEM_HEADER, item, write_csv
from tests.realdata import real_data


@pytest.mark.parametrize(
    ("path", "section", "region"),
    [
        ("sp/campinas-regiao/noticia/2022/07/05/slug.ghtml", "regional", "sp"),
        ("economia/noticia/2022/07/05/slug.ghtml", "economia", ""),
        ("pb/paraiba/musica/noticia/slug.ghtml", "musica", "pb"),
        ("rj/rio-de-janeiro/post/2022/07/05/slug.ghtml", "regional", "rj"),
        ("mg/minas-gerais/eleicoes/2022/noticia/slug.ghtml", "eleicoes", "mg"),
        ("sp/slug.ghtml", "regional", "sp"),
        ("ao/vivo/slug.ghtml", "ao", ""),
        ("politica", "politica", ""),
        ("", "", ""),
    ],
)
def test_section_and_region_are_read_from_the_address(path: str, section: str, region: str) -> None:
    frame = pl.DataFrame({"url": [f"https://pauta.example/{path}"]})
    assert frame.select(*section_and_region("url")).row(0) == (section, region)


def test_an_address_that_is_none_has_neither() -> None:
    frame = pl.DataFrame({"url": ["", "sp/campinas", "no address"]})
    assert set(frame.select(*section_and_region("url")).rows()) == {("", "")}


def test_texts_keep_their_line_breaks_quotes_and_accents(tmp_path: Path) -> None:
    body = 'Linha um.\n\n"Citação", disse; e\tfim.\r\nÚltima'
    write_csv(tmp_path / "itens-parte1.csv", ITEM_HEADER, [item("a", body=body), item("b", caption="", body="")])
    ids = refine_articles([tmp_path / "itens-parte1.csv"], tmp_path, "run-1")
    table = pl.read_parquet(tmp_path / "articles.parquet")
    assert ids.to_list() == table["article_id"].to_list() == ["a", "b"]
    assert table["body"].to_list() == [body, ""]
    assert table["caption"].to_list() == ["Legenda", ""]
    assert "modified" not in table.columns


def test_times_of_publication_are_utc_in_every_usual_spelling(tmp_path: Path) -> None:
    file = tmp_path / "itens-parte1.csv"
    spellings = ["2022-07-01 02:00:00+00:00", "2022-07-01 02:00:00", "2022-07-01T02:00:00Z"]
    spellings += ["2022-06-30 23:00:00-03:00", "2022-07-01 02:00:00.000001+0000", "1656640800", "1656640800000"]
    write_csv(file, ITEM_HEADER, [item(str(place), issued=issued) for place, issued in enumerate(spellings)])
    refine_articles([file], tmp_path, "run-1")
    table = pl.read_parquet(tmp_path / "articles.parquet")
    assert [str(issued) for issued in table["issued"]] == ["2022-07-01 02:00:00+00:00"] * 7


@pytest.mark.realdata
def test_real_articles_are_refined_whole(tmp_path: Path) -> None:
    real = pl.read_parquet(real_data("pt_items/itens_g1_real.parquet")).drop_nulls("issued")
    real.select(ITEM_HEADER).write_csv(tmp_path / "itens-parte1.csv")
    refine_articles([tmp_path / "itens-parte1.csv"], tmp_path, "run-1")
    table = pl.read_parquet(tmp_path / "articles.parquet")
    assert table["body"].to_list() == real["body"].fill_null("").to_list()
    assert table["issued"].to_list() == real["issued"].dt.cast_time_unit("ms").to_list()
    assert (table["region"] != "").sum() == 1030
