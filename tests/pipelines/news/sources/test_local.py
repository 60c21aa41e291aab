"""Source local: a folder in the challenge's layout."""

import shutil
from pathlib import Path

import pytest

from pipelines.news.sources import download
from script_shared.errors import InputError, SourceError
from tests.pipelines.news.sources.worlds import context


@pytest.fixture
def folder(small_world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_world, tmp_path / "given"))


def test_the_files_of_the_layout_are_linked_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    (folder / "files" / "treino" / "notes.txt").write_text("not mine")
    facts = download(context(tmp_path, "one", "local", source_path=folder))
    assert len(facts["files"]) == 10
    assert "validacao.csv" in facts["files"]
    linked = tmp_path / "news" / "raw" / "one" / "itens" / "itens" / "itens-parte2.csv"
    assert linked.stat().st_ino == (folder / "itens" / "itens" / "itens-parte2.csv").stat().st_ino


def test_a_validation_file_beside_the_treino_folder_is_found(folder: Path, tmp_path: Path) -> None:
    (folder / "validacao.csv").rename(folder / "files" / "validacao.csv")
    assert "validacao.csv" in download(context(tmp_path, "one", "local", source_path=folder))["files"]


def test_an_unchanged_folder_is_linked_from_the_earlier_run_and_a_changed_one_is_not(
    folder: Path, tmp_path: Path
) -> None:
    download(context(tmp_path, "one", "local", source_path=folder))
    assert download(context(tmp_path, "two", "local", source_path=folder))["reused_from"] == "one"
    (folder / "validacao.csv").unlink()
    again = download(context(tmp_path, "three", "local", source_path=folder))
    assert "reused_from" not in again
    assert "validacao.csv" not in again["files"]


@pytest.mark.parametrize(
    ("lost", "named"),
    [("files", "files/treino/treino_parte1.csv"), ("itens", "itens/itens/itens-parte1.csv")],
)
def test_what_is_missing_in_the_folder_is_named(folder: Path, tmp_path: Path, lost: str, named: str) -> None:
    shutil.rmtree(folder / lost)
    with pytest.raises(InputError, match=f"given.*missing: {named}"):
        download(context(tmp_path, "one", "local", source_path=folder))


def test_no_path_a_wrong_path_and_a_file_are_told_apart(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PAUTA_SOURCE_PATH"):
        download(context(tmp_path, "one", "local"))
    with pytest.raises(SourceError, match="no such file or folder"):
        download(context(tmp_path, "one", "local", source_path=tmp_path / "nowhere"))
    with pytest.raises(InputError, match="is a file"):
        download(context(tmp_path, "one", "local", source_path=folder / "validacao.csv"))
