"""A large file is read in pieces, so that requests can run between them."""

from hashlib import sha256
from pathlib import Path

from script_shared.storage import open_storage
from script_shared.storage.base import Digest
from script_shared.storage.local import PIECE_BYTES, digest_file
from script_shared.throttle import throttle


def test_storage_yields_while_it_reads_a_large_object(root: str, tmp_path: Path) -> None:
    storage, content = open_storage(root), bytes(range(256)) * (3 * PIECE_BYTES // 256)
    (tmp_path / "large").write_bytes(content)
    storage.upload("large", tmp_path / "large")
    for read in (lambda: storage.digest("large"), lambda: storage.download("large", tmp_path / "copy")):
        turns = list[float]()
        with throttle(turns.append):
            assert read() == Digest(sha256(content).hexdigest(), len(content))
        assert len(turns) >= 3


def test_digest_yields_after_each_piece_of_a_file(tmp_path: Path) -> None:
    content, turns = bytes(range(256)) * (2 * PIECE_BYTES // 256) + b"end", list[float]()
    (tmp_path / "large").write_bytes(content)
    with throttle(turns.append):
        digest = digest_file(tmp_path / "large")
    assert digest == Digest(sha256(content).hexdigest(), len(content))
    assert len(turns) == 3
