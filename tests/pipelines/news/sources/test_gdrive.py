"""Source gdrive, with gdown as it is, against a local server that answers as Google Drive does."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.news.sources import download
from pipelines.news.sources.gdrive import fingerprint
from pipelines.use_case import Context
from script_shared.errors import SourceError, TransientError
from tests.pipelines.news.sources.drive import Drive, drive_server
from tests.pipelines.news.sources.test_archive import MEMBERS, zipped
from tests.pipelines.sample_world.worlds import context, news_params

FILE_ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz012345"


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    monkeypatch.setattr(random, "uniform", lambda low, high: low)  # gdown waits between its tries
    with drive_server(monkeypatch) as server:
        server.content = zipped(MEMBERS | {"files/treino/treino_parte2.csv": random.Random(1).randbytes(2_000_000)})
        yield server


def run(root: Path, run_id: str, *, file_id: str = FILE_ID, retries: int = 0, **options: Any) -> Context:
    params = news_params()
    params = params.model_copy(
        update={"gdrive": params.gdrive.model_copy(update={"file_id": file_id, "retries": retries})}
    )
    return context(root, run_id, "gdrive", params=params, **options)


@pytest.mark.parametrize("mode", ["file", "confirm"])
def test_the_zip_is_fetched_checked_and_extracted(drive: Drive, tmp_path: Path, mode: str) -> None:
    drive.mode = mode
    facts = download(run(tmp_path, "one"))
    assert facts["bytes_downloaded"] == len(drive.content)
    assert set(facts["files"]) == {*MEMBERS, "files/treino/treino_parte2.csv"}
    assert facts["fingerprint"] == f"gdrive:{FILE_ID}"


def test_the_same_id_is_not_fetched_twice_and_another_one_is(drive: Drive, tmp_path: Path) -> None:
    download(run(tmp_path, "one"))
    assert download(run(tmp_path, "two"))["reused_from"] == "one"
    assert len(drive.ranges) == 1
    assert "reused_from" not in download(run(tmp_path, "three", file_id=FILE_ID + "6"))
    assert "reused_from" not in download(run(tmp_path, "four", refresh=True))
    assert len(drive.ranges) == 3


def test_a_zip_kept_from_a_run_that_died_is_used(drive: Drive, tmp_path: Path) -> None:
    (tmp_path / "news" / "downloads").mkdir(parents=True)
    (tmp_path / "news" / "downloads" / f"{FILE_ID}.zip").write_bytes(drive.content)
    assert download(run(tmp_path, "one"))["bytes_downloaded"] == 0
    assert drive.ranges == []


def test_a_broken_connection_is_resumed_within_the_run(drive: Drive, tmp_path: Path) -> None:
    drive.breaks = 2
    facts = download(run(tmp_path, "one", retries=3))
    assert "files/treino/treino_parte1.csv" in facts["files"]
    assert drive.ranges[0] == ""
    assert all(wanted.startswith("bytes=") for wanted in drive.ranges[1:])
    assert len(drive.ranges) == 3


def test_a_download_that_broke_off_goes_on_in_the_next_run(drive: Drive, tmp_path: Path) -> None:
    drive.breaks = 1
    with pytest.raises(TransientError, match=r"broke off.*goes on"):
        download(run(tmp_path, "one"))
    assert not (tmp_path / "news" / "raw" / "one").exists()
    download(run(tmp_path, "two"))
    kept = int(drive.ranges[-1].removeprefix("bytes=").removesuffix("-"))
    assert 0 < kept <= len(drive.content) // 2
    assert (tmp_path / "news" / "raw" / "two" / "validacao.csv").read_bytes() == MEMBERS["validacao.csv"]


@pytest.mark.parametrize(("mode", "words"), [("quota", "Too many users"), ("quota_pt", "Muitos usuários")])
def test_the_quota_page_is_worth_another_try_later_in_any_language(
    drive: Drive, tmp_path: Path, mode: str, words: str
) -> None:
    drive.mode = mode
    with pytest.raises(TransientError, match=rf"quota is used up for now. Drive says: {words}.*some hours"):
        download(run(tmp_path, "one"))


def test_a_page_instead_of_the_file_is_no_use_trying_again(drive: Drive, tmp_path: Path) -> None:
    drive.mode = "sign_in"
    with pytest.raises(SourceError, match="answered with a page") as caught:
        download(run(tmp_path, "one"))
    assert not isinstance(caught.value, TransientError)


def test_a_server_in_trouble_is_worth_another_try(drive: Drive, tmp_path: Path) -> None:
    drive.mode = "unavailable"
    with pytest.raises(TransientError, match="answered 503"):
        download(run(tmp_path, "one"))


def test_a_file_that_is_no_zip_is_refused_and_not_kept(drive: Drive, tmp_path: Path) -> None:
    drive.content = b"%PDF-1.7 something else"
    with pytest.raises(SourceError, match="is no zip"):
        download(run(tmp_path, "one"))
    assert list((tmp_path / "news" / "downloads").iterdir()) == []


def test_no_network_is_worth_another_try(drive: Drive, tmp_path: Path) -> None:
    drive.address = "http://127.0.0.1:9"
    with pytest.raises(TransientError, match="broke off"):
        download(run(tmp_path, "one"))


def test_the_default_id_is_the_challenges(tmp_path: Path) -> None:
    assert fingerprint(context(tmp_path, "one", "gdrive")) == "gdrive:10zmuxXi05ayfiREA9hi-xSrcYJy0iW-r"
