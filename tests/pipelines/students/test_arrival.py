"""New workbooks in the landing folder, or in a bucket, are noticed once, and a run takes them in."""

import asyncio
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.raw_files.arrival import find_arrival, is_watched
from pipelines.students.sources import workbooks
from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context
from script_shared.settings import Settings
from script_shared.storage import open_storage
from script_shared.use_case_settings import UseCaseSettings
from tests.pipelines.students.conftest import do, make_context


def watching(folder: Path, place: Path | str) -> Settings:
    own = UseCaseSettings(source="workbooks", source_path=Path(place))
    return Settings(data_dir=folder / "data", models_uri=str(folder / "models"), by_use_case={"students": own})


@pytest.fixture
def workbook(finished: Context) -> Path:
    return next((finished.run.read("landing") / "workbooks").iterdir())


def test_only_a_source_of_files_is_watched(tmp_path: Path) -> None:
    assert is_watched(STUDENTS, watching(tmp_path, tmp_path))
    assert not is_watched(STUDENTS, Settings(data_dir=tmp_path))


def test_files_arrive_until_a_run_begins_with_them(tmp_path: Path, workbook: Path) -> None:
    landing = tmp_path / "landing"
    settings = watching(tmp_path, landing)
    assert find_arrival(STUDENTS, settings) is None  # no folder yet
    landing.mkdir()
    assert find_arrival(STUDENTS, settings) is None
    shutil.copy(workbook, landing / "a.xlsx")
    found = find_arrival(STUDENTS, settings)
    assert found is not None
    do(make_context(tmp_path, source="workbooks", source_path=landing), "landing")
    assert find_arrival(STUDENTS, settings) is None
    write_other(workbook, landing / "b.xlsx")
    assert find_arrival(STUDENTS, settings) not in (None, found)


def write_other(workbook: Path, path: Path) -> None:
    """Another workbook, as far as its bytes say."""
    path.write_bytes(workbook.read_bytes() + b"more")


def test_files_that_would_change_nothing_are_not_new(tmp_path: Path, workbook: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    settings = watching(tmp_path, landing)
    shutil.copy(workbook, landing / "a.xlsx")
    write_other(workbook, landing / "b.xlsx")
    os.utime(landing / "a.xlsx", (1, 1))
    do(make_context(tmp_path, source="workbooks", source_path=landing), "landing")
    shutil.copy(workbook, landing / "a (copy).xlsx")
    os.utime(landing / "b.xlsx")
    assert find_arrival(STUDENTS, settings) is None
    (landing / "a (copy).xlsx").unlink()
    os.utime(landing / "a.xlsx")  # now it corrects the other one
    assert find_arrival(STUDENTS, settings) is not None
    os.utime(landing / "a.xlsx", (1, 1))
    (landing / "a.xlsx").rename(landing / "a 2023.xlsx")  # which may say its year
    assert find_arrival(STUDENTS, settings) is not None


def test_a_file_that_no_run_could_use_starts_nothing_when_it_is_taken_away(tmp_path: Path, workbook: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    settings = watching(tmp_path, landing)
    shutil.copy(workbook, landing / "a.xlsx")
    used = make_context(tmp_path, source="workbooks", source_path=landing)
    do(used, "landing")
    with used.run.write("quality"):  # the last of the data steps
        pass
    (landing / "b.xlsx").write_bytes(b"damaged")
    assert find_arrival(STUDENTS, settings) is not None
    do(replace(used, run=STUDENTS.run(settings, "run-2")), "landing")
    assert find_arrival(STUDENTS, settings) is None
    (landing / "b.xlsx").unlink()
    assert find_arrival(STUDENTS, settings) is None


def test_a_file_that_arrives_while_the_others_are_copied_is_new(
    tmp_path: Path, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    shutil.copy(workbook, landing / "a.xlsx")
    fetch = workbooks.fetch

    def fetch_slowly(context: Context, folder: Path) -> dict[str, Any]:
        facts = fetch(context, folder)
        write_other(workbook, landing / "b.xlsx")
        return facts

    monkeypatch.setattr(workbooks, "fetch", fetch_slowly)
    facts = do(make_context(tmp_path, source="workbooks", source_path=landing), "landing")
    assert list(facts["files"]) == ["a.xlsx"]
    assert find_arrival(STUDENTS, watching(tmp_path, landing)) is not None


def test_workbooks_of_a_bucket_arrive_and_are_read(tmp_path: Path, s3_root: str, workbook: Path) -> None:
    settings = watching(tmp_path, s3_root)
    assert find_arrival(STUDENTS, settings) is None
    open_storage(s3_root).upload("PEDE_2022-24.xlsx", workbook)
    open_storage(s3_root).upload("readme.txt", workbook)
    assert find_arrival(STUDENTS, settings) is not None
    context = make_context(tmp_path, source="workbooks", source_path=Path(s3_root))
    facts = do(context, "landing")
    assert list(facts["files"]) == ["PEDE_2022-24.xlsx"]
    assert facts["source_path"] == s3_root
    assert find_arrival(STUDENTS, settings) is None
    open_storage(s3_root).upload("PEDE_2022-24 (copy).xlsx", workbook)
    assert find_arrival(STUDENTS, settings) is None
    assert do(context, "bronze")["sheets"] == 3


def test_the_trigger_announces_files_once_and_only_when_they_are_whole(
    tmp_path: Path, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.airflow.arrival import ArrivalTrigger

    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PAUTA_STUDENTS_SOURCE", "workbooks")
    monkeypatch.setenv("PAUTA_STUDENTS_SOURCE_PATH", str(tmp_path / "landing"))
    (tmp_path / "landing").mkdir()
    looks = []

    class Watched(ArrivalTrigger):
        def _find_arrival(self) -> str | None:
            if len(looks) == 2:
                shutil.copy(workbook, tmp_path / "landing" / "a.xlsx")
            if len(looks) == 3:  # the upload goes on
                with (tmp_path / "landing" / "a.xlsx").open("ab") as file:
                    file.write(b"more")
            looks.append(super()._find_arrival())
            if len(looks) > 8:
                raise StopAsyncIteration
            return looks[-1]

    async def announced() -> list[str]:
        found = []
        try:
            async for event in Watched("students", seconds=0.01).run():
                found.append(event.payload["fingerprint"])
        except (StopAsyncIteration, RuntimeError):
            pass
        return found

    assert asyncio.run(announced()) == [looks[-1]]
    assert looks[2] != looks[3]
    name, arguments = ArrivalTrigger("students").serialize()
    assert name == "pipelines.airflow.arrival.ArrivalTrigger"
    assert ArrivalTrigger(**arguments).serialize() == (name, arguments)
