"""A large file is read in pieces, so that requests can run between them."""

from hashlib import sha256
from pathlib import Path

from script_shared.storage.base import Digest
from script_shared.storage.local import PIECE_BYTES, digest_file
from script_shared.throttle import throttle


def test_digest_yields_after_each_piece_of_a_file(tmp_path: Path) -> None:
    content, turns = bytes(range(256)) * (2 * PIECE_BYTES // 256) + b"end", list[float]()
    (tmp_path / "large").write_bytes(content)
    with throttle(turns.append):
        digest = digest_file(tmp_path / "large")
    assert digest == Digest(sha256(content).hexdigest(), len(content))
    assert len(turns) == 3
