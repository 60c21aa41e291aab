"""The step download: choosing the source, and linking what an earlier run fetched."""

from pathlib import Path

import pytest

from pipelines.news.sources import SOURCES, download
from pipelines.news.use_case import NEWS
from pipelines.raw_files.links import link_or_copy
from script_shared.errors import InputError
from tests.pipelines.sample_world.worlds import context, news_params

PART = "files/treino/treino_parte1.csv"


def test_every_source_of_the_use_case_is_in_the_table() -> None:
    assert set(NEWS.sources) == set(SOURCES)


def test_an_unknown_source_is_refused_with_the_names_of_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'ftp'.*sample, local, files, gdrive, globo_clicks"):
        download(context(tmp_path, "one", "ftp"))


def test_the_facts_tell_source_fingerprint_and_files(tmp_path: Path) -> None:
    run = context(tmp_path, "one", "sample")
    facts = download(run)
    assert facts["source"] == "sample"
    assert facts["fingerprint"].startswith("sample:")
    assert facts["files"][PART] == (run.run.read("raw") / PART).stat().st_size
    assert run.run.facts("raw")["files"] == facts["files"]


def test_a_second_run_links_the_files_of_the_first(tmp_path: Path) -> None:
    first, second = context(tmp_path, "one", "sample"), context(tmp_path, "two", "sample")
    before, after = download(first), download(second)
    assert after["reused_from"] == "one"
    assert after["files"] == before["files"]
    for name in after["files"]:
        assert (first.run.read("raw") / name).stat().st_ino == (second.run.read("raw") / name).stat().st_ino


def test_the_same_run_can_do_the_step_again(tmp_path: Path) -> None:
    run = context(tmp_path, "one", "sample")
    before = download(run)
    assert download(run)["files"] == before["files"]
    assert (run.run.read("raw") / PART).is_file()


def test_other_params_a_refresh_or_a_damaged_earlier_run_are_generated_anew(tmp_path: Path) -> None:
    first = context(tmp_path, "one", "sample")
    download(first)
    assert "reused_from" not in download(context(tmp_path, "two", "sample", params=news_params(seed=5)))
    assert "reused_from" not in download(context(tmp_path, "three", "sample", refresh=True))
    other = context(tmp_path / "elsewhere", "four", "sample")
    download(other)
    (other.run.read("raw") / PART).unlink()
    assert "reused_from" not in download(context(tmp_path / "elsewhere", "five", "sample"))


def test_a_file_on_another_device_is_copied(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has no second file system to copy from")
    source = memory / f"pauta-{tmp_path.name}"
    source.write_text("clicks")
    try:
        link_or_copy(source, tmp_path / "deep" / "copy")
    finally:
        source.unlink()
    assert (tmp_path / "deep" / "copy").read_text() == "clicks"
