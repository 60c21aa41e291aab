"""The agency's files start a data run when they arrive in a folder; those of an object store are read by address."""

from pathlib import Path

import polars as pl

from pipelines.raw_files.arrival import find_arrival, is_watched
from pipelines.recruiting.use_case import RECRUITING
from script_shared.settings import Settings
from script_shared.storage import open_storage
from script_shared.use_case_settings import UseCaseSettings
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency
from tests.stores import s3_endpoint, s3_root

__all__ = ["s3_endpoint", "s3_root"]  # fixtures


def watching(folder: Path, place: Path) -> Settings:
    own = UseCaseSettings(source="json", source_path=place)
    return Settings(data_dir=folder / "data", models_uri=str(folder / "models"), by_use_case={"recruiting": own})


def test_files_arrive_until_a_run_begins_with_them(tmp_path: Path) -> None:
    settings, landing = watching(tmp_path, tmp_path / "in"), tmp_path / "in"
    assert is_watched(RECRUITING, settings)
    assert not is_watched(RECRUITING, Settings(data_dir=tmp_path))
    assert find_arrival(RECRUITING, settings) is None, "there is no folder yet"
    landing.mkdir()
    assert find_arrival(RECRUITING, settings) is None, "it has no files yet"
    write_agency(landing, {"1": vacancy()}, {"7": candidate()}, {"1": [prospect("7")]})
    found = find_arrival(RECRUITING, settings)
    assert found is not None
    do(make_context(tmp_path, source="json", source_path=landing), "landing")
    assert find_arrival(RECRUITING, settings) is None
    write_agency(landing, {"1": vacancy(), "2": vacancy()}, {"7": candidate()}, {"1": [prospect("7")]})
    assert find_arrival(RECRUITING, settings) not in (None, found)
    (landing / "vagas.json").unlink()
    assert find_arrival(RECRUITING, settings) is None, "not all files are there"


def test_files_of_an_object_store_are_read_once_while_they_stay(tmp_path: Path, s3_root: str) -> None:
    folder, store = tmp_path / "in", open_storage(s3_root)
    for number, title in enumerate(("Consultor SAP", "Consultor SAP", "Dev Java")):
        write_agency(folder, {"1": vacancy(title)}, {"7": candidate()}, {"1": [prospect("7")]})
        for file in folder.iterdir() if number != 1 else ():
            store.upload(file.name, file)
        context = make_context(tmp_path, f'download.url = "{s3_root}"', run=f"run-{number}", source="download")
        assert ("reused_from" in do(context, "landing")) == (number == 1)
        do(context, "refine")
        assert pl.read_parquet(context.run.read("refined") / "vacancies.parquet")["title"].to_list() == [title]
