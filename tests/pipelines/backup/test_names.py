"""Only folders with a name that a backup gets are backups; copies with other names stay, and hide none."""

import pytest

from pipelines.backup.keep import remove_old
from pipelines.backup.saved import RECORD, backups_in

REAL = ("20200103T000000Z", "20200102T000000Z", "20200101T000000Z")


def test_copies_with_other_names_are_neither_counted_nor_removed(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("backups")
    copies = ("keep", "keep-2020", "20200101T000000Z.old", "202011T000000Z", "20209901T000000Z", ".20200104T000000Z")
    for name in (*REAL, *copies):
        (home / name).mkdir()
        (home / name / RECORD).write_text("{}")
    assert tuple(path.name for path in backups_in(home)) == REAL
    assert remove_old(home, 2) == [REAL[2]]
    assert {path.name for path in home.iterdir()} == {*REAL[:2], *copies}
