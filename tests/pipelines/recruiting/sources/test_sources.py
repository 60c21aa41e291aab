"""The sources: nested files in a folder, a zip or by address, tables of any columns, and an invented agency."""

import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.recruiting.tables.reading import read_tables
from pipelines.use_case import Context
from script_shared.errors import InputError, SourceError, TransientError
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency


def agency(folder: Path) -> Path:
    people = {"7": candidate("Experiência com SAP MM."), "8": candidate("Java e Kafka.")}
    return write_agency(folder, {"1": vacancy(), "2": vacancy("Dev Java")}, people, {"1": [prospect("7")], "2": []})


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"dados/{file.name}")
    return target


def titles(context: Context) -> list[str]:
    return read_tables(context.run.read("refined")).vacancies["title"].to_list()


def test_a_folder_and_a_zip_of_it_give_the_same_tables(tmp_path: Path) -> None:
    folder = agency(tmp_path / "in")
    path = zipped(folder, tmp_path / "in.zip")
    tables = []
    for number, place in enumerate((folder, path)):
        context = make_context(tmp_path / str(number), source="json", source_path=place)
        do(context, "landing", "refine")
        tables.append(read_tables(context.run.read("refined")))
    assert all(a.equals(b) for a, b in zip(vars(tables[0]).values(), vars(tables[1]).values(), strict=True))
    assert path.exists()


def test_a_persons_own_damaged_zip_is_refused_and_kept(tmp_path: Path) -> None:
    path = zipped(agency(tmp_path / "in"), tmp_path / "in.zip")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(SourceError) as caught:
        do(make_context(tmp_path, source="json", source_path=path), "landing")
    assert "deleted" not in str(caught.value)
    assert path.exists()


@pytest.mark.parametrize("name", ["applicants.json", "prospects.json", "vagas.json"])
def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path, name: str) -> None:
    folder = agency(tmp_path / "in")
    (folder / name).write_text('{"7": Zuleica')
    with pytest.raises(InputError, match=name) as caught:
        do(make_context(tmp_path, source="json", source_path=folder), "landing")
    assert "Zuleica" not in str(caught.value)
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"files are missing: {name}"):
        do(make_context(tmp_path, source="json", source_path=folder), "landing")


def test_records_of_any_shape_give_a_row_or_a_rejection_and_no_crash(tmp_path: Path) -> None:
    odd: dict[str, Any] = {"1": vacancy(), "2": None, "3": [], "4": {"perfil_vaga": "x", "informacoes_basicas": 5}}
    folder = write_agency(
        tmp_path / "in", odd, {"7": candidate(), "8": 3, "9": {"cv_pt": ["x"]}}, {"1": [prospect("7")]}
    )
    (folder / "prospects.json").write_text('{"1": {"prospects": [{"codigo": 7, "data_candidatura": "05-02-2024"}, 4]}}')
    context = make_context(tmp_path, "refine.max_rejected = 1", source="json", source_path=folder)
    do(context, "landing", "refine")
    tables = read_tables(context.run.read("refined"))
    assert tables.applications["candidate_id"].to_list() == ["7"]
    assert tables.candidates["cv_text"].null_count() == 2


def test_an_unchanged_input_is_linked_and_a_changed_one_is_read_again(tmp_path: Path) -> None:
    folder = agency(tmp_path / "in")
    first = make_context(tmp_path, source="json", source_path=folder)
    assert "reused_from" not in do(first, "landing")
    second = make_context(tmp_path, run="run-2", source="json", source_path=folder)
    assert do(second, "landing")["reused_from"] == "run-1"
    write_agency(folder, {"1": vacancy("Outra vaga")}, {"7": candidate()}, {"1": [prospect("7")]})
    third = make_context(tmp_path, run="run-3", source="json", source_path=folder)
    assert "reused_from" not in do(third, "landing", "refine")
    assert titles(third) == ["Outra vaga"]


class Server(ThreadingHTTPServer):
    """Files of a folder with an ETag that a test sets."""

    daemon_threads = True
    folder: Path
    tag: str | None = '"one"'
    status = 200

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder, self.gets = folder, 0


class Answer(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self._head((self.server.folder / self.path.lstrip("/")).read_bytes())

    def do_GET(self) -> None:
        self.server.gets += 1
        content = (self.server.folder / self.path.lstrip("/")).read_bytes()
        self._head(content)
        self.wfile.write(content)

    def _head(self, content: bytes) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        if self.server.tag:
            self.send_header("ETag", self.server.tag)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    zipped(agency(tmp_path / "in"), tmp_path / "in" / "all.zip")
    with Server(tmp_path / "in") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def downloading(tmp_path: Path, server: Server, name: str, run: str = "run-1", *more: str) -> Context:
    url = f"http://127.0.0.1:{server.server_port}{name}"
    return make_context(tmp_path, f'download.url = "{url}"', *more, run=run, source="download")


@pytest.mark.parametrize(("name", "files"), [("/all.zip", 1), ("", 3)])
def test_files_by_address_are_fetched_once_while_their_tags_stay(
    tmp_path: Path, server: Server, name: str, files: int
) -> None:
    first = downloading(tmp_path, server, name)
    do(first, "landing", "refine")
    assert titles(first) == ["Consultor SAP MM", "Dev Java"]
    assert server.gets == files
    assert do(downloading(tmp_path, server, name, "run-2"), "landing")["reused_from"] == "run-1"
    assert server.gets == files
    server.tag = '"two"'
    assert "reused_from" not in do(downloading(tmp_path, server, name, "run-3"), "landing")
    assert server.gets == 2 * files


def test_a_server_that_is_busy_is_tried_again_later_and_another_answer_is_an_error(
    tmp_path: Path, server: Server
) -> None:
    for status, error in ((503, TransientError), (404, SourceError)):
        server.status = status
        with pytest.raises(error, match=f"the server answered {status}"):
            do(downloading(tmp_path, server, "/all.zip"), "landing")
    with pytest.raises(InputError, match="no address was given"):
        do(make_context(tmp_path, source="download"), "landing")


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path, server: Server) -> None:
    (tmp_path / "in" / "applicants.json").write_bytes(b"x" * 1_100_000)
    with pytest.raises(SourceError, match="is larger than"):
        do(downloading(tmp_path, server, "", "run-1", "download.most_megabytes = 1"), "landing")


def test_tables_with_columns_of_other_names_are_mapped_and_cleaned(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "vacancies.csv").write_text("job;title;asked_on\n1;Consultor SAP MM;2024-02-01\n", encoding="utf-8")
    resume = "Zuleica Rezende, zu@x.com. SAP MM."
    (folder / "candidates.jsonl").write_text(
        f'{{"candidate_id": "7", "resume": "{resume}", "person": "Zuleica Rezende", "gender": "F"}}\n', encoding="utf-8"
    )
    pairs = {"candidate_id": ["7"], "vacancy_id": ["1"], "applied_on": ["2024-02-05"], "status": ["Aprovado"]}
    pl.DataFrame(pairs).write_parquet(folder / "applications.parquet")
    columns = '["vacancies.vacancy_id = job", "candidates.cv_text = resume", "candidates.name = person"]'
    context = make_context(tmp_path, f"files.columns = {columns}", source="files", source_path=folder)
    do(context, "landing", "refine")
    tables = read_tables(context.run.read("refined"))
    assert tables.candidates["cv_text"].to_list() == [", . SAP MM."]
    assert tables.applications["grade"].to_list() == [4]
    for file in context.run.root.rglob("*.parquet"):
        assert "Zuleica" not in pl.read_parquet(file, glob=False).write_json()


@pytest.mark.parametrize(
    ("columns", "message"),
    [('["candidates.cv_text = nothing"]', "there is no column 'nothing'"), ('["people.cv = x"]', "names no field")],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, columns: str, message: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("vacancies", "candidates", "applications"):
        (folder / f"{name}.csv").write_text("candidate_id,vacancy_id,title,applied_on\n1,1,x,2024-01-01\n")
    with pytest.raises(InputError, match=message):
        do(make_context(tmp_path, f"files.columns = {columns}", source="files", source_path=folder), "landing")


def test_an_invented_agency_is_the_same_for_the_same_seed_and_has_what_was_planted(
    refined: Context, tmp_path: Path
) -> None:
    again = make_context(tmp_path)
    do(again, "landing", "refine")
    for name, table in vars(read_tables(again.run.read("refined"))).items():
        assert table.equals(getattr(read_tables(refined.run.read("refined")), name))
    truth = again.run.read("landing") / "truth"
    pairs = pl.read_parquet(truth / "pairs.parquet")
    found = read_tables(again.run.read("refined")).applications.join(pairs, on=["candidate_id", "vacancy_id"])
    hired = found.filter(pl.col("grade") == 4)["fit"].mean()
    refused = found.filter(pl.col("grade") == 0)["fit"].mean()
    assert hired > refused + 0.5
    skills = pl.read_parquet(truth / "candidates.parquet").explode("skills")
    texts = read_tables(again.run.read("refined")).candidates.select("candidate_id", "cv_text")
    named = skills.join(texts, on="candidate_id").select(pl.col("cv_text").str.contains(pl.col("skills"), literal=True))
    assert named.to_series().all()


def test_an_invented_agency_without_dirt_has_every_field(tmp_path: Path) -> None:
    context = make_context(tmp_path, "generated.dirt = false")
    do(context, "landing", "refine")
    tables = read_tables(context.run.read("refined"))
    assert tables.candidates["level"].null_count() == 0
    assert not tables.vacancies["title"].str.contains("IND -", literal=True).any()
