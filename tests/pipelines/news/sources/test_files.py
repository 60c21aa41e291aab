"""People's own files: any kind, any names of columns; what is missing costs its part only."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.__main__ import main
from pipelines.news.sources.data_report import report
from pipelines.news.sources.own.fields import ARTICLE_FIELDS, CLICK_FIELDS
from pipelines.news.sources.own.guess import propose
from pipelines.news.sources.own.normal import number, times
from script_shared.clock import choose_clock
from script_shared.errors import InputError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.pipelines.news.sources.site_files import CLICKS, START, refined, rows, same, write_csv


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    write_csv(folder / "clicks.csv", CLICKS, rows())
    return folder


def test_sessions_texts_login_device_and_region_come_together(tmp_path: Path, site: Path):
    articles = [[f"a-{n}", f"T&iacute;tulo {n}", "Um texto\nem linhas", "Política", "2026-10-31"] for n in range(8)]
    write_csv(site / "articles.csv", ["id", "headline", "body", "section", "published_at"], articles)
    facts, tables = refined(tmp_path, site)
    assert (facts["users"], facts["articles"], facts["interactions"]) == (12, 10, 60)
    assert facts["login_flag"] == "files"
    assert (tables["users"]["user_type"] == "Logged").sum() == 4
    assert tables["interactions"].select(pl.col("session", "region", "device").null_count()).row(0) == (0, 0, 0)
    assert tables["articles"].row(0, named=True)["title"] == "Título 0"
    assert tables["articles"].row(0, named=True)["body"] == "Um texto em linhas"
    assert tables["articles"].row(9, named=True)["title"] == ""  # clicked, and in no file of articles


@pytest.mark.parametrize("kind", ["semicolons", "tabs", "latin", "utf-16", "json lines", "parquet", "typed parquet"])
def test_a_table_is_the_same_in_every_kind_of_file(tmp_path: Path, site: Path, kind: str):
    _, expected = refined(tmp_path, site)
    other = tmp_path / "other"
    other.mkdir()
    table = pl.read_csv(site / "clicks.csv", infer_schema=False)
    if kind == "json lines":
        table.write_ndjson(other / "clicks.jsonl")
    elif kind == "parquet":
        table.write_parquet(other / "clicks.parquet")
    elif kind == "typed parquet":
        typed = table.with_columns(pl.col("timestamp").str.to_datetime(time_zone="UTC"), pl.col("logged_in") == "true")
        typed.write_parquet(other / "clicks.parquet")
    else:
        how = {"semicolons": {"delimiter": ";"}, "tabs": {"delimiter": "\t"}, "latin": {"encoding": "cp1252"}}
        write_csv(other / "clicks.csv", CLICKS, rows(), **how.get(kind, {"encoding": kind}))
    assert same(expected, refined(tmp_path, other)[1])


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.permutations(range(len(CLICKS))), st.data())
def test_order_and_names_of_columns_do_not_matter(tmp_path_factory: Any, order: list[int], data: Any):
    fields = dict(zip(("user", "article", "time", "session", "login", "region", "device"), CLICK_FIELDS, strict=False))
    header = [data.draw(st.sampled_from(fields[name].known_as[:6]), label=name) for name in fields]
    if len(set(header)) < len(header):
        return
    folder = tmp_path_factory.mktemp("renamed")
    write_csv(folder / "c.csv", [header[place] for place in order], [[row[place] for place in order] for row in rows()])
    sample = pl.read_csv(folder / "c.csv", infer_schema=False)
    found = propose(sample, CLICK_FIELDS)
    assert {name: found.get(name) for name in ("user", "article", "time", "session")} == {
        name: header[place] for place, name in enumerate(("user", "article", "time", "session"))
    }


@pytest.mark.parametrize("column", ["session_id", "logged_in", "region", "device"])
def test_what_is_missing_costs_its_part_only(tmp_path: Path, site: Path, column: str):
    _, full = refined(tmp_path, site)
    place = CLICKS.index(column)
    write_csv(site / "clicks.csv", [n for n in CLICKS if n != column], [r[:place] + r[place + 1 :] for r in rows()])
    facts, tables = refined(tmp_path, site)
    assert tables["interactions"].height == full["interactions"].height
    assert any(sentence.startswith(column.split("_")[0].replace("logged", "login")) for sentence in facts["missing"])
    if column == "logged_in":
        assert facts["login_flag"] == "none"
        assert set(tables["users"]["user_type"]) == {"Non-Logged"}


def test_nobody_is_made_up_to_be_logged_in_unless_that_is_wished(tmp_path: Path, site: Path):
    write_csv(site / "clicks.csv", CLICKS[:3], [row[:3] for row in rows(600)])
    assert refined(tmp_path, site)[0]["login_flag"] == "none"
    facts, tables = refined(tmp_path, site, "files.simulate_login=true")
    assert facts["login_flag"] == "simulated"
    assert (tables["users"]["user_type"] == "Logged").any()


def test_sessions_alone_are_users_and_wild_codes_lose_nothing(tmp_path: Path, site: Path):
    cells = [
        ["", row[1], row[2], str(-(2**62) - n % 7), "", str(40_000 + n % 3), str(-5)] for n, row in enumerate(rows())
    ]
    write_csv(site / "clicks.csv", CLICKS, cells)
    _, tables = refined(tmp_path, site)
    assert tables["users"].height == 7
    assert tables["users"]["user_id"][0].startswith("session -")
    assert tables["interactions"]["session"].n_unique() == 7
    assert tables["interactions"]["region"].n_unique() == 3
    assert tables["interactions"]["region"].null_count() == 0


def test_rows_that_cannot_be_used_are_rejected_with_their_reason(tmp_path: Path, site: Path):
    bad = [["u\t1", "a-1"], ["u-1", "x" * 513], ["", "a-1"], ["u-1", "null"], ["u-1", "a-1"]]
    times_ = [START.isoformat()] * 4 + ["yesterday"]
    cells = [[*pair, time, "", "", "", ""] for pair, time in zip(bad, times_, strict=True)]
    write_csv(site / "clicks.csv", CLICKS, rows() + cells)
    facts, tables = refined(tmp_path, site)
    assert facts["rejected_by_reason"] == {
        "id_not_valid": 2,
        "user_unknown": 1,
        "article_unknown": 1,
        "time_not_valid": 1,
    }
    assert facts["input_rows"] == 65 == tables["interactions"].height + tables["rejected"].height


def test_local_times_are_read_in_their_zone():
    cells = pl.Series(
        ["01/11/2026 09:00", "2026-11-01 09:00:00", "2026-11-01T12:00:00Z", "1793534400", "2018-11-04 00:30:00"]
    )
    expected = [1_793_534_400_000] * 4 + [None]  # the last one was skipped when summer time began
    assert times(cells, "America/Sao_Paulo").to_list() == expected


def test_numbers_may_have_a_decimal_comma():
    table = pl.DataFrame({"n": ["1,5", "1.5", "1,234.5", "50%", " 7 ", "x", None]})
    assert table.select(number("n"))["n"].to_list() == [1.5, 1.5, 1234.5, 50.0, 7.0, None, None]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("files.clicks.user='nobody'", "there is no column 'nobody'"),
        ("files.clicks_files='other*'", "no such file; there are clicks.csv"),
    ],
)
def test_params_that_name_what_does_not_exist_are_refused(tmp_path: Path, site: Path, line: str, message: str):
    with pytest.raises(InputError, match=message):
        refined(tmp_path, site, line)


def test_a_table_without_clicks_is_shown_with_its_columns(tmp_path: Path, site: Path):
    write_csv(site / "clicks.csv", ["foo", "bar"], [["1", "2"]])
    with pytest.raises(InputError, match=r"no file of clicks was recognised.*foo, bar.*check-data"):
        refined(tmp_path, site)
    (site / "clicks.csv").unlink()
    with pytest.raises(InputError, match="holds no table"):
        refined(tmp_path, site)


def test_damage_is_one_message_with_file_and_line(tmp_path: Path, site: Path):
    text = (site / "clicks.csv").read_text().splitlines()
    text[30] += ",one,more"
    (site / "clicks.csv").write_text("\n".join(text))
    with pytest.raises(InputError, match=r"clicks\.csv: line 31"):
        refined(tmp_path, site)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.binary(max_size=300), st.sampled_from([".csv", ".jsonl", ".parquet", ".json", ".txt"]))
def test_any_bytes_end_in_a_report_or_one_message(tmp_path_factory: Any, content: bytes, end: str):
    folder = tmp_path_factory.mktemp("bytes")
    (folder / f"clicks{end}").write_bytes(content)
    with pytest.raises(InputError):
        report(folder, load_params(NewsParams, FILE).files, lambda end_ms: choose_clock(end_ms, end_ms, 48))


def test_the_proposal_of_check_data_is_a_params_section_that_reads_the_same(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]
):
    write_csv(site / "clicks.csv", ["quem", "Matéria", "Data/hora", "Sessão", "Assinante", "UF", "Aparelho"], rows())
    write_csv(site / "materias.csv", ["código", "Título", "Corpo"], [[f"a-{n}", f"T {n}", "x"] for n in range(10)])
    assert (
        main(["check-data", str(site), "--set", "files.clicks.user='quem'", "--write", str(tmp_path / "own.toml")]) == 0
    )
    said = capsys.readouterr().out
    assert "60 rows" in said
    assert "12 users, 10 articles" in said
    assert "article = código" in said
    lines = (tmp_path / "own.toml").read_text()
    whole = FILE.read_text(encoding="utf-8")
    start, end = whole.index("[files]"), whole.index("[events]")
    (tmp_path / "params.toml").write_text(whole[:start] + lines + "\n" + whole[end:], encoding="utf-8")
    params = load_params(NewsParams, tmp_path / "params.toml")
    assert (params.files.clicks.user, params.files.clicks.time) == ("quem", "Data/hora")
    assert params.files.articles.article == "código"


def test_the_mapping_is_kept_beside_the_raw_data(tmp_path: Path, site: Path):
    refined(tmp_path, site)
    kept = json.loads(next(tmp_path.glob("data/news/raw/*/columns.json")).read_text())
    assert kept["clicks.csv"]["user"] == "user_id"


def test_every_field_that_may_be_missing_says_what_that_costs():
    assert {field.name for field in CLICK_FIELDS if not field.lost} == {"article", "time"}
    assert {field.name for field in ARTICLE_FIELDS if not field.lost} == {"article"}
