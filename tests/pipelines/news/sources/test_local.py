"""Source local: a folder in the challenge's layout."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.news.sources import download
from script_shared.errors import InputError, SourceError, TransientError
from tests.pipelines.sample_world.worlds import context


@pytest.fixture
def folder(small_world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_world, tmp_path / "given"))


def test_the_files_of_the_layout_are_copied_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    (folder / "files" / "treino" / "notes.txt").write_text("not mine")
    facts = download(context(tmp_path, "one", "local", source_path=folder))
    assert len(facts["files"]) == 10
    assert "validacao.csv" in facts["files"]
    source, copy = (place / "itens/itens/itens-parte2.csv" for place in (folder, tmp_path / "news" / "raw" / "one"))
    assert copy.read_bytes() == source.read_bytes()


def test_a_finished_run_stays_as_it_was_when_the_source_is_changed_in_place(folder: Path, tmp_path: Path) -> None:
    facts = download(context(tmp_path, "one", "local", source_path=folder))
    copy = tmp_path / "news" / "raw" / "one" / "files" / "treino" / "treino_parte1.csv"
    before = copy.read_bytes()
    with (folder / "files" / "treino" / "treino_parte1.csv").open("a") as stream:
        stream.write("one,row,more\n")
    assert copy.read_bytes() == before
    assert copy.stat().st_size == facts["files"]["files/treino/treino_parte1.csv"]


def test_a_file_that_changes_while_it_is_copied_is_tried_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = shutil.copyfileobj

    def growing(source: Any, target: Any, length: int) -> None:
        copied(source, target, length)
        with Path(source.name).open("a") as stream:
            stream.write("late row")

    monkeypatch.setattr("pipelines.raw_files.links.shutil.copyfileobj", growing)
    monkeypatch.setattr("pipelines.raw_files.links.FICLONE", 0)
    with pytest.raises(TransientError, match="changed while it was copied"):
        download(context(tmp_path, "one", "local", source_path=folder))


@pytest.mark.parametrize(
    "names",
    [
        {"itens/itens/itens-parte1.csv": "itens-parte1-OK.csv", "files/treino/treino_parte1.csv": "treino_parte1.csv"},
        {
            "itens/itens/itens-parte1.csv": "itens/itens-parte1.csv",
            "files/treino/treino_parte1.csv": "treino/Treino_Parte01.CSV",
            "validacao.csv": "dados/Validacao.csv",
        },
    ],
)
def test_layouts_of_real_repositories_are_found(small_world: Path, tmp_path: Path, names: dict[str, str]) -> None:
    for name, given in names.items():
        (tmp_path / "flat" / given).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(small_world / name, tmp_path / "flat" / given)
    facts = download(context(tmp_path, "one", "local", source_path=tmp_path / "flat"))
    assert set(facts["files"]) == set(names)


def test_two_files_that_are_one_part_are_refused_with_both_names(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "files", folder / "backup" / "files")
    with pytest.raises(InputError, match=r"backup/files/treino/treino_parte1\.csv and files/treino/treino_parte1\.csv"):
        download(context(tmp_path, "one", "local", source_path=folder))


def test_folders_that_links_lead_back_to_are_seen_once(folder: Path, tmp_path: Path) -> None:
    (folder / "files" / "loop").symlink_to(folder)
    (folder / "elsewhere").symlink_to(folder / "itens")
    assert len(download(context(tmp_path, "one", "local", source_path=folder))["files"]) == 10


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _circle(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("odd", [_pipe, _endless, _circle])
@pytest.mark.parametrize("name", ["files/treino/treino_parte99.csv", "validacao.csv"])
def test_what_is_no_regular_file_is_refused_at_once(
    folder: Path, tmp_path: Path, odd: Callable[[Path], None], name: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    odd(folder / name)
    with pytest.raises(InputError, match=r"given: .*(no regular file|cannot be read)"):
        download(context(tmp_path, "one", "local", source_path=folder))


@pytest.mark.parametrize("source", ["local", "globo_clicks", "files"])
@pytest.mark.parametrize("odd", [_pipe, _endless, _circle])
def test_a_path_that_is_neither_file_nor_folder_is_refused(
    tmp_path: Path, source: str, odd: Callable[[Path], None]
) -> None:
    odd(tmp_path / "odd")
    with pytest.raises(SourceError, match=r"neither a file nor a folder|cannot be read"):
        download(context(tmp_path, "one", source, source_path=tmp_path / "odd"))


def test_a_deep_folder_is_looked_through_down_to_a_bound(folder: Path, tmp_path: Path) -> None:
    deep = folder.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    (deep / "treino_parte1.csv").write_text("never found")
    assert len(download(context(tmp_path, "one", "local", source_path=folder))["files"]) == 10


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
