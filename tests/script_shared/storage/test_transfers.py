"""Many files are transferred at a time, and the results keep the order of the names."""

from pathlib import Path
from threading import Barrier

import pytest

from script_shared.storage import open_storage
from script_shared.storage.transfers import THREADS, download_files, in_threads


def test_items_are_worked_on_at_the_same_time_and_results_keep_their_order() -> None:
    together = Barrier(THREADS, timeout=10)  # passed only if as many items as there are threads run at once

    def double(item: int) -> int:
        together.wait()
        return 2 * item

    assert in_threads(double, range(2 * THREADS)) == list(range(0, 4 * THREADS, 2))


def test_the_first_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda item: 1 // item, [2, 1, 0, 3])


def test_files_are_downloaded_with_their_folders_and_a_missing_one_is_reported(root: str, tmp_path: Path) -> None:
    storage, source = open_storage(root), tmp_path / "source.bin"
    for name in ("a.bin", "deep/er/b.bin"):
        source.write_bytes(name.encode())
        storage.upload(f"base/{name}", source)
    found = download_files(storage, "base", ["a.bin", "missing.bin", "deep/er/b.bin"], tmp_path / "copy")
    assert [digest.bytes if digest else None for digest in found] == [5, None, 13]
    assert (tmp_path / "copy" / "a.bin").read_text() == "a.bin"
    assert (tmp_path / "copy" / "deep" / "er" / "b.bin").read_text() == "deep/er/b.bin"
