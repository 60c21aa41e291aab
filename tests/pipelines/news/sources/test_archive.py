"""A downloaded zip is checked before anything of it is used."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.news.sources.layout import arrange_paths, canonical
from pipelines.raw_files import archive
from script_shared.errors import SourceError, TransientError

MEMBERS = {
    "files/treino/treino_parte1.csv": b"userId\n" + b"x" * 5000,
    "itens/itens/itens-parte1.csv": b"page\n",
    "validacao.csv": b"userId\n",
}


def check_zip(path: Path) -> None:
    archive.check_zip(path, arrange_paths)


def extract(path: Path, folder: Path) -> None:
    archive.extract(path, folder, arrange_paths)


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


def test_a_part_that_is_there_twice_is_refused_with_both_names(tmp_path: Path) -> None:
    twice = {"backup/files/treino/treino_parte1.csv": b"OLD COPY"}
    with pytest.raises(
        SourceError, match=r"backup/files/treino/treino_parte1\.csv and files/treino/treino_parte1\.csv"
    ):
        check_zip(put(tmp_path, zipped(MEMBERS | twice)))
    assert not list(tmp_path.iterdir())


def patched(name: bytes, *, method: int | None = None, flags: int | None = None) -> bytes:
    """The zip with another method or other flags of one member, in both of its headers."""
    content = bytearray(zipped(MEMBERS))
    for mark, start in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = content.find(mark)
        while place >= 0 and name not in content[place : place + 90]:
            place = content.find(mark, place + 1)
        if flags is not None:
            content[place + start : place + start + 2] = flags.to_bytes(2, "little")
        if method is not None:
            content[place + start + 2 : place + start + 4] = method.to_bytes(2, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (patched(b"treino_parte1", method=9), r"treino_parte1\.csv in the zip is compressed in a way .*Deflate64"),
        (patched(b"treino_parte1", flags=1), r"treino_parte1\.csv in the zip has a password"),
    ],
)
def test_a_zip_that_cannot_be_taken_out_is_deleted_with_what_to_do(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    with pytest.raises(SourceError, match=rf"{complaint}.*Zip the files again") as caught:
        check_zip(put(tmp_path, content))
    assert not isinstance(caught.value, TransientError)
    assert not list(tmp_path.iterdir())


def test_a_zip_that_would_become_far_larger_is_refused_before_it_is_read(tmp_path: Path) -> None:
    block = io.BytesIO()
    with zipfile.ZipFile(block, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MEMBERS:
            archive.writestr(name, bytes(80 << 20 if name.endswith("treino_parte1.csv") else 10))
    with pytest.raises(SourceError, match=r"would become [\d,]+ times larger"):
        check_zip(put(tmp_path, block.getvalue()))


def test_what_is_no_part_of_the_layout_is_not_even_read(tmp_path: Path) -> None:
    block = io.BytesIO()
    with zipfile.ZipFile(block, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
        archive.writestr("bomb.bin", bytes(90 << 20))
    check_zip(put(tmp_path, block.getvalue()))


def test_a_zip_with_more_names_than_memory_should_hold_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(MEMBERS))
    end = content.rfind(b"PK\5\6")
    content[end + 8 : end + 12] = (0xFFFF).to_bytes(2, "little") * 2
    content[end + 12 : end + 16] = (200_000 * 46).to_bytes(4, "little")
    path = put(tmp_path, bytes(content))
    with path.open("r+b") as file:
        file.write(b"PK\3\4")
    with pytest.raises(SourceError):
        check_zip(path)
    assert not path.exists()


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=6), st.integers(0, 300))
def test_a_zip_of_any_bytes_is_taken_or_refused_and_then_deleted(
    tmp_path: Path, changes: list[tuple[int, bytes]], lost: int
) -> None:
    content = bytearray(zipped(MEMBERS))
    for place, other in changes:
        content[place % len(content) : place % len(content) + len(other)] = other
    path = put(tmp_path, bytes(content[: len(content) - lost]))
    try:
        check_zip(path)
    except SourceError as error:
        assert error.fix  # noqa: PT017 (which of the two comes is what the bytes say)
        assert not path.exists()
    else:
        extract(path, tmp_path / "out")
