"""A downloaded zip is checked before anything of it is used."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.sources.archive import check_zip, extract
from pipelines.news.sources.layout import canonical
from script_shared.errors import SourceError, TransientError

MEMBERS = {
    "files/treino/treino_parte1.csv": b"userId\n" + b"x" * 5000,
    "itens/itens/itens-parte1.csv": b"page\n",
    "validacao.csv": b"userId\n",
}


def zipped(members: dict[str, bytes]) -> bytes:
    block = io.BytesIO()
    with zipfile.ZipFile(block, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return block.getvalue()


def put(folder: Path, content: bytes) -> Path:
    path = folder / "data.zip"
    path.write_bytes(content)
    return path


def test_only_the_files_of_the_layout_come_out_under_their_names(tmp_path: Path) -> None:
    inside = {f"desafio/{name}": content for name, content in MEMBERS.items()}
    path = put(tmp_path, zipped(inside | {"__MACOSX/files/treino/treino_parte1.csv": b"?", "leia-me.txt": b"?"}))
    check_zip(path)
    extract(path, tmp_path / "out")
    found = {p.relative_to(tmp_path / "out").as_posix(): p.read_bytes() for p in (tmp_path / "out").rglob("*.*")}
    assert found == MEMBERS


@pytest.mark.parametrize(
    "name", ["../files/treino/treino_parte1.csv", "/files/treino/treino_parte1.csv", "..\\evil.csv"]
)
def test_a_zip_that_writes_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, zipped(MEMBERS | {name: b"evil"}))
    with pytest.raises(SourceError, match="unsafe path"):
        check_zip(path)
    assert not path.exists()
    with pytest.raises(SourceError, match="unsafe path"):
        extract(put(tmp_path, zipped(MEMBERS | {name: b"evil"})), tmp_path / "out")
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["data.zip"]


def test_a_web_page_and_another_file_are_called_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a web page"):
        check_zip(put(tmp_path, b"  <!DOCTYPE html><html>Sign in</html>"))
    with pytest.raises(SourceError, match="another kind of file"):
        check_zip(put(tmp_path, b"%PDF-1.7"))


def test_a_zip_without_the_layout_lists_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"itens/itens/itens-parte1\.csv"):
        check_zip(put(tmp_path, zipped({"files/treino/treino_parte1.csv": b"x"})))


def test_a_cut_off_zip_is_deleted_and_worth_another_try(tmp_path: Path) -> None:
    path = put(tmp_path, zipped(MEMBERS)[:-200])
    with pytest.raises(TransientError, match="cut off"):
        check_zip(path)
    assert not path.exists()


def test_a_flipped_byte_is_found_before_anything_is_used(tmp_path: Path) -> None:
    content = bytearray(zipped(MEMBERS))
    content[1000] ^= 0xFF
    with pytest.raises(TransientError, match=r"treino_parte1\.csv in the zip is damaged"):
        check_zip(put(tmp_path, bytes(content)))


@given(st.text(alphabet="./\\abcfilestreino_parte123itens-validacao", max_size=60))
def test_no_name_is_ever_taken_outside_the_layout(name: str) -> None:
    assert canonical(name) is None or not {"..", ""} & set(str(canonical(name)).split("/"))
